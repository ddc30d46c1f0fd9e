-- The evidence log: one leaf for each event of a request. The bytes of a leaf are made once, by the transaction that
-- does what they state, hashed as they are, and never changed.

-- One row. Its lock orders all appends, so that the indexes have no gaps and a transaction that rolls back leaves none.
--
-- The row also counts closed and running requests, so that a count of the queue does not depend on its history. Each
-- transaction that closes or claims a request appends to the log, and so holds this lock anyway.
create table dsr.evidence_head (
    only_row         boolean primary key default true check (only_row),
    -- The number of leaves.
    size             bigint  not null,
    -- The time of the last leaf. Times in the log never go back, also where the server's clock does.
    written_at       timestamptz not null default '-infinity',
    -- The numbers of requests in a closed state and in the state 'running'. Rows in other states are counted by their
    -- partial indexes; an insert does not touch these counts, and so does not take the lock.
    requests_closed  bigint  not null default 0,
    requests_running bigint  not null default 0
);

insert into dsr.evidence_head (size) values (0);

create table dsr.evidence_leaves (
    index      bigint      primary key check (index >= 0),
    -- RFC 6962: SHA-256(0x00 ‖ payload).
    leaf_hash  bytea       not null check (octet_length(leaf_hash) = 32),
    -- What the payload states, repeated for lookups, so that no statement parses payloads. The payload is what counts;
    -- the audit compares. No foreign key: an append must not lock the request.
    event      text        not null,
    written_at timestamptz not null,
    request_id bigint,
    claim_no   integer,
    action     text,
    state      text,
    outcome    text
);

-- The few entries about the log itself: a break that an operator adopted, a key that was replaced.
create index evidence_leaves_about_log on dsr.evidence_leaves (index) where event in ('adopted', 'key_replaced');

-- What the audit compares with holds and runs.
create index evidence_leaves_about_holds on dsr.evidence_leaves (index) where event in ('held', 'reviewed', 'released');
create index evidence_leaves_about_runs on dsr.evidence_leaves (index) where event = 'run_ended';

create index evidence_leaves_of_request on dsr.evidence_leaves (request_id, index) where request_id is not null;

-- The bytes as they were hashed. They have a table of their own, because the retention of a payload ends and that of the
-- tree does not.
create table dsr.evidence_payloads (
    index   bigint primary key,
    payload bytea  not null,
    -- The format of entries (tlog-tiles) has two bytes for their length.
    constraint evidence_entry_has_at_most_65535_bytes check (octet_length(payload) <= 65535)
);

-- The tree above the leaves, in tiles of up to 256 hashes: entry i of tile (level, index) is the hash of the complete
-- subtree of 256^level leaves. A tile that is not full is stored under its width at each checkpoint, and never changed:
-- the next width is a row of its own.
create table dsr.evidence_tiles (
    level  smallint not null check (level between 0 and 7),
    index  bigint   not null check (index >= 0),
    width  smallint not null check (width between 1 and 256),
    hashes bytea    not null check (octet_length(hashes) = 32 * width),
    primary key (level, index, width)
);

-- Signed checkpoints, as signed notes (C2SP tlog-checkpoint).
create table dsr.evidence_checkpoints (
    size      bigint      primary key check (size > 0),
    note      text        not null,
    signed_at timestamptz not null default clock_timestamp(),
    -- When it was written to a file outside the database. If that file is gone, no other is written in its place.
    filed_at  timestamptz,
    -- The log entry by which an operator accepted that its file is lost.
    lost_by   bigint,
    check (lost_by is null or filed_at is not null)
);

-- Those of a month.
create index evidence_checkpoints_signed on dsr.evidence_checkpoints (signed_at);

-- MARK: Leaves

-- A list of an entry that can grow without bound. It keeps its first elements, up to 8,192 bytes in all, and says how
-- many more there are, so that no entry outgrows the format of entries (tlog-tiles: 65,535 bytes).
create function dsr.bounded_list(list jsonb) returns jsonb
    language plpgsql immutable strict parallel safe
as $$
declare
    kept jsonb;
begin
    if jsonb_typeof(list) <> 'array' or octet_length(list::text) <= 8192 then
        return list;
    end if;
    select coalesce(jsonb_agg(e.value order by e.ordinal), '[]') into kept
    from (
        select value, ordinal, sum(octet_length(value::text) + 2) over (order by ordinal) as bytes
        from jsonb_array_elements(list) with ordinality as a (value, ordinal)
    ) e
    where e.bytes <= 8192;
    return kept || to_jsonb(format('and %s more', jsonb_array_length(list) - jsonb_array_length(kept)));
end
$$;

-- Puts an entry's members into the order of all leaves, and leaves out those that the event does not have.
--
-- The order of a leaf's keys is:
--     v, index, time,                                                       by dsr.append_evidence
--     event, request, right, received_at, answer_by, claim, action, state, outcome, waiting_for, method, ground, cause,
--     asked_on, answered_on, told_on, hold, review_on, digest, attributes, found, calls, remains, reports, before, count,
--     with, needs, ended, reason, ticket, log, subject,                     here
--     run, environment, version, actor, role                                by dsr.append_evidence
--
-- It joins text, because that takes a third of the time of json_build_object with so many members, and it runs for each
-- leaf. Event, kind and commitment need no quotes escaped.
create function dsr.ordered_leaf(
    event text, request_id bigint, kind text, subject_commitment bytea, request_ticket text, particulars jsonb
) returns json
    language plpgsql immutable parallel safe
as $$
begin
    return concat(
        '{"event":"', event, '"',
        ',"request":' || request_id,
        ',"right":"' || kind || '"',
        ',"received_at":' || (particulars -> 'received_at')::text,
        ',"answer_by":' || (particulars -> 'answer_by')::text,
        ',"claim":' || (particulars -> 'claim')::text,
        ',"action":' || (particulars -> 'action')::text,
        ',"state":' || (particulars -> 'state')::text,
        ',"outcome":' || (particulars -> 'outcome')::text,
        ',"waiting_for":' || (particulars -> 'waiting_for')::text,
        ',"method":' || (particulars -> 'method')::text,
        ',"ground":' || (particulars -> 'ground')::text,
        ',"cause":' || (particulars -> 'cause')::text,
        ',"asked_on":' || (particulars -> 'asked_on')::text,
        ',"answered_on":' || (particulars -> 'answered_on')::text,
        ',"told_on":' || (particulars -> 'told_on')::text,
        ',"hold":' || (particulars -> 'hold')::text,
        ',"review_on":' || (particulars -> 'review_on')::text,
        ',"digest":' || (particulars -> 'digest')::text,
        ',"attributes":' || dsr.bounded_list(particulars -> 'attributes')::text,
        ',"found":' || (particulars -> 'found')::text,
        ',"calls":' || (particulars -> 'calls')::text,
        ',"remains":' || dsr.bounded_list(particulars -> 'remains')::text,
        ',"reports":' || dsr.bounded_list(particulars -> 'reports')::text,
        ',"before":' || (particulars -> 'before')::text,
        ',"count":' || (particulars -> 'count')::text,
        ',"with":' || (particulars -> 'with')::text,
        ',"needs":' || (particulars -> 'needs')::text,
        ',"ended":' || (particulars -> 'ended')::text,
        ',"reason":' || (particulars -> 'reason')::text,
        ',"ticket":' || coalesce(nullif(particulars -> 'ticket', 'null'), to_jsonb(request_ticket))::text,
        ',"log":' || (particulars -> 'log')::text,
        ',"subject":"' || encode(subject_commitment, 'hex') || '"',
        '}');
end
$$;

-- An entry about a request: its event, what is known from its row, and the particulars of the event. A ticket among the
-- particulars replaces the request's own. A kind that is not a right is the inserter's text, and stays out of the log.
create function dsr.leaf(event text, request dsr.subject_requests, particulars jsonb default '{}') returns json
    language sql immutable parallel safe
as $$
    select dsr.ordered_leaf(
        event, request.id,
        case when request.kind in ('access', 'portability', 'rectification', 'erasure') then request.kind end,
        request.subject_commitment, request.ticket, particulars)
$$;

-- An entry without a request's row. It may name a request by its number.
create function dsr.leaf(event text, particulars jsonb, request_id bigint default null) returns json
    language sql immutable parallel safe
as $$
    select dsr.ordered_leaf(event, request_id, null, null, null, particulars)
$$;

-- Refuses an entry that the format of entries (tlog-tiles), with two bytes for a length, cannot hold.
create function dsr.refuse_entry(event text, request bigint, bytes integer) returns boolean
    language plpgsql
as $$
begin
    raise exception using errcode = 'program_limit_exceeded',
        constraint = 'evidence_entry_has_at_most_65535_bytes',
        message = format('a log entry of %s bytes is refused: an entry has at most 65,535 (event %s%s)',
                         bytes, event, ', request ' || request),
        hint = 'Shorten what the entry repeats, for example the ticket or the reason.';
end
$$;

-- Refuses an entry with a member that no entry has, with one that only dsr.append_evidence sets, or with one twice.
create function dsr.refuse_members(entry json) returns void
    language plpgsql
as $$
declare
    members text[] := array(select json_object_keys(entry));
begin
    if not members <@ array[
            'event', 'request', 'right', 'received_at', 'answer_by', 'claim', 'action', 'state', 'outcome', 'waiting_for',
            'method', 'ground', 'cause', 'asked_on', 'answered_on', 'told_on', 'hold', 'review_on', 'digest', 'attributes',
            'found', 'calls', 'remains', 'reports', 'before', 'count', 'with', 'needs', 'ended',
            'reason', 'ticket', 'log', 'subject']
       or cardinality(members) <> (select count(distinct m) from unnest(members) m) then
        raise exception using errcode = 'check_violation', constraint = 'evidence_members_are_known',
            message = 'a log entry has a member that is unknown, reserved or given twice';
    end if;
end
$$;

-- What an entry says of a digest: SHA-256(key id ‖ digest). With the subject key, the identifier and the entry, anyone can
-- verify which customer a request or a hold was about.
create function dsr.digest_hash(key_id bytea, digest bytea) returns text
    language sql immutable parallel safe
as $$
    select encode(sha256(key_id || digest), 'hex')
$$;

-- Appends one leaf for each element of `entries`, in their order, and returns the new size of the log.
--
-- An entry is made by dsr.leaf. Format, index and time precede it, and the facts of the run follow it or, where an
-- operator acts without a run, those of the operator, with the database role of the session. Called by the functions that
-- do what the entries state, so that both commit or neither does, and by nobody else.
--
-- For example, the entry
--     dsr.leaf('claimed', request 42, '{"claim": 1}')
-- that run 7 appends as the log's fourth leaf becomes these bytes, without a line break:
--     {"v":1,"index":3,"time":"2026-01-31T12:00:00.123456Z","event":"claimed","request":42,"right":"access","claim":1,
--     "ticket":"HD-1","subject":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","run":7,
--     "environment":"live","version":"1.0.0","actor":"cron","role":"dsr_worker"}
create function dsr.append_evidence(entries json, of_run bigint, by_operator json default null) returns bigint
    language plpgsql
    security definer
as $$
declare
    first_index bigint;
    last_time   timestamptz;
    added       bigint := json_array_length(coalesce(entries, '[]'));
    facts       text;
begin
    if added = 0 then
        return (select h.size from dsr.evidence_head h);
    end if;

    -- The last lock that any statement takes which appends, so that appends wait for each other and never in a circle.
    select h.size, greatest(h.written_at, clock_timestamp()) into strict first_index, last_time
    from dsr.evidence_head h for update;

    perform dsr.refuse_members(e) from json_array_elements(entries) e;
    perform dsr.refuse_text('actor', by_operator ->> 'actor', 200);
    select ',' || substr(json_strip_nulls(coalesce(
        (select json_build_object('run', r.id, 'environment', r.environment, 'version', r.version, 'actor', r.actor,
                                  'role', session_user)
         from dsr.runs r where r.id = of_run),
        json_build_object('environment', by_operator ->> 'environment', 'version', by_operator ->> 'version',
                          'actor', by_operator ->> 'actor', 'role', session_user)))::text, 2)
    into facts;

    with entry as materialized (
        select first_index + e.ordinal - 1 as index, greatest(last_time, clock_timestamp()) as written_at,
               json_strip_nulls(e.value)::text as body, c.*
        from json_array_elements(entries) with ordinality as e (value, ordinal)
        cross join lateral json_to_record(e.value) as c (
            event text, request bigint, claim integer, action text, state text, outcome text)
    ), leaf as materialized (
        select entry.*, convert_to(
            format(
                '{"v":1,"index":%s,"time":"%s",%s%s',
                entry.index,
                to_char(entry.written_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                -- The entry's members without its braces.
                substr(entry.body, 2, length(entry.body) - 2),
                facts
            ), 'UTF8') as payload
        from entry
    ), hashed as (
        insert into dsr.evidence_leaves
            (index, leaf_hash, event, written_at, request_id, claim_no, action, state, outcome)
        select leaf.index, sha256(decode('00', 'hex') || leaf.payload), leaf.event, leaf.written_at, leaf.request, leaf.claim,
               leaf.action, leaf.state, leaf.outcome
        from leaf
        order by leaf.index
    )
    insert into dsr.evidence_payloads (index, payload)
    select leaf.index, leaf.payload from leaf
    where octet_length(leaf.payload) <= 65535
       or dsr.refuse_entry(leaf.event, leaf.request, octet_length(leaf.payload))
    order by leaf.index;

    update dsr.evidence_head h set
        size = first_index + added,
        written_at = (select l.written_at from dsr.evidence_leaves l where l.index = first_index + added - 1);
    return first_index + added;
end
$$;

-- The calls that delete. The second is sent for a customer whom Talon.One did not know just before.
create function dsr.deletions() returns text[]
    language sql immutable parallel safe
as $$
    select array['delete_customer_data', 'delete_unknown_customer']
$$;

-- Whether the deletion of a known customer was announced under a claim, so that it may explain that they are unknown later.
create function dsr.deletion_was_announced(request bigint, claim integer) returns boolean
    language sql stable
as $$
    select exists (
        select from dsr.evidence_leaves l
        where l.request_id = request and l.claim_no = claim and l.action = 'delete_customer_data')
$$;

-- MARK: Protection

create function dsr.refuse_change_of_evidence() returns trigger
    language plpgsql
as $$
declare
    calls text;
begin
    -- The exceptions are two functions of the owner, which append an entry about it: dsr.prune_evidence drops payloads whose
    -- retention has ended, and dsr.remove_checkpoint a checkpoint that nobody has signed.
    get diagnostics calls = pg_context;
    if tg_op = 'DELETE' and (
        tg_table_name = 'evidence_payloads' and calls like '%dsr.prune_evidence(bigint,text,text)%'
        or tg_table_name in ('evidence_checkpoints', 'evidence_tiles') and calls like '%dsr.remove_unsigned(bigint,text,json)%') then
        return null;
    end if;
    raise exception using errcode = 'integrity_constraint_violation',
        message = format('the evidence log is append-only: %s on dsr.%s is rejected', tg_op, tg_table_name);
end
$$;

create trigger append_only before update or delete or truncate on dsr.evidence_leaves
    for each statement execute function dsr.refuse_change_of_evidence();
create trigger append_only before update or delete or truncate on dsr.evidence_payloads
    for each statement execute function dsr.refuse_change_of_evidence();
create trigger append_only before update or delete or truncate on dsr.evidence_tiles
    for each statement execute function dsr.refuse_change_of_evidence();
create trigger append_only before update of size, note, signed_at or delete or truncate on dsr.evidence_checkpoints
    for each statement execute function dsr.refuse_change_of_evidence();
create trigger append_only before delete or truncate on dsr.evidence_head
    for each statement execute function dsr.refuse_change_of_evidence();

-- That a checkpoint was filed, and that its file was accepted as lost, is stated once and stays.
create function dsr.check_filing() returns trigger
    language plpgsql
as $$
begin
    if (new.size, new.note, new.signed_at) is distinct from (old.size, old.note, old.signed_at)
       or (old.filed_at is not null and new.filed_at is distinct from old.filed_at)
       or (old.lost_by is not null and new.lost_by is distinct from old.lost_by) then
        raise exception using errcode = 'integrity_constraint_violation',
            message = 'of a checkpoint only its filing can be added';
    end if;
    return new;
end
$$;

create trigger only_filing before update on dsr.evidence_checkpoints
    for each row execute function dsr.check_filing();

-- An append writes its leaves first and updates the size after them, so that the size can be checked here.
create function dsr.check_evidence_head() returns trigger
    language plpgsql
as $$
begin
    if new.size <= old.size
       or not exists (select from dsr.evidence_leaves l where l.index = new.size - 1)
       or exists (select from dsr.evidence_leaves l where l.index = new.size) then
        raise exception using errcode = 'integrity_constraint_violation',
            message = 'dsr.evidence_head.size must be the number of leaves';
    end if;
    return new;
end
$$;

create trigger true_size before update of size on dsr.evidence_head
    for each row execute function dsr.check_evidence_head();

-- Drops the payloads of all leaves before an index, and appends a leaf about it. The hashes stay, so that every proof
-- that was ever given is still valid. For the owner.
create function dsr.prune_evidence(before_index bigint, because text, by_actor text) returns bigint
    language plpgsql
    security definer
as $$
declare
    dropped bigint;
begin
    perform dsr.refuse_text('reason', because, 500);
    delete from dsr.evidence_payloads where index < before_index;
    get diagnostics dropped = row_count;
    if dropped > 0 then
        perform dsr.append_evidence(
            json_build_array(dsr.leaf(
                'purged', jsonb_build_object('before', before_index, 'count', dropped, 'reason', because))),
            null, json_build_object('actor', by_actor));
    end if;
    return dropped;
end
$$;

-- MARK: The tree

-- The session that builds the tree; nobody where the lease has expired.
create table dsr.tree_writer (
    only_row    boolean primary key default true check (only_row),
    process     integer,
    role        name,
    lease_until timestamptz not null default '-infinity'
);

insert into dsr.tree_writer default values;

-- Reserves the tree for this session, or renews the reservation.
--
-- Returns the process and the role that have it; this session's own where the reservation succeeded.
create function dsr.reserve_tree(for_ms bigint) returns table (process integer, role text)
    language plpgsql
    security definer
as $$
#variable_conflict use_column
begin
    update dsr.tree_writer w set
        process = pg_backend_pid(), role = session_user,
        lease_until = clock_timestamp() + least(for_ms, 600000) * interval '1 millisecond'
    where w.process is null or w.process = pg_backend_pid() or w.lease_until < clock_timestamp()
       or not exists (select from pg_stat_activity a where a.pid = w.process);
    return query select w.process, w.role::text from dsr.tree_writer w;
end
$$;

-- Gives the reservation back.
create function dsr.release_tree() returns void
    language sql
    security definer
as $$
    update dsr.tree_writer set process = null, role = null, lease_until = '-infinity' where process = pg_backend_pid()
$$;

-- Refuses a session that has not reserved the tree.
create function dsr.require_tree() returns void
    language plpgsql
as $$
begin
    if not exists (select from dsr.tree_writer
                   where process = pg_backend_pid() and lease_until > clock_timestamp()) then
        raise exception using errcode = 'lock_not_available', message = 'this session has not reserved the evidence tree';
    end if;
end
$$;

-- RFC 6962: the hash of a complete subtree, from the hashes of its 256 parts.
create function dsr.tile_root(hashes bytea) returns bytea
    language plpgsql immutable strict parallel safe
as $$
declare
    row bytea := hashes;
begin
    while octet_length(row) > 32 loop
        row := (
            select string_agg(sha256('\x01' || substr(row, 1 + 64 * i, 64)), '' order by i)
            from generate_series(0, octet_length(row) / 64 - 1) i);
    end loop;
    return row;
end
$$;

-- What is right for a tile, from the leaves or from the tiles below it; null where they do not reach so far.
create function dsr.right_tile(tile_level integer, tile_index bigint, tile_width integer) returns bytea
    language plpgsql stable
as $$
declare
    parts  bytea;
    number bigint;
begin
    if tile_level = 0 then
        select string_agg(l.leaf_hash, '' order by l.index), count(*) into parts, number
        from dsr.evidence_leaves l
        where l.index >= tile_index * 256 and l.index < tile_index * 256 + tile_width;
    else
        select string_agg(dsr.tile_root(t.hashes), '' order by t.index), count(*) into parts, number
        from dsr.evidence_tiles t
        where t.level = tile_level - 1 and t.width = 256
          and t.index >= tile_index * 256 and t.index < tile_index * 256 + tile_width;
    end if;
    return case when number = tile_width then parts end;
end
$$;

-- Stores tiles of the tree, those of lower levels first. Tiles that exist stay as they are. A tile is recomputed, so that
-- nobody can put a wrong one in the place of one that is not there yet.
create function dsr.add_tiles(levels integer[], indexes bigint[], widths integer[], contents bytea[]) returns void
    language plpgsql
    security definer
as $$
declare
    tile record;
begin
    perform dsr.require_tree();
    for tile in
        select * from unnest(levels, indexes, widths, contents) as t (level, index, width, hashes)
        order by level, index, width
    loop
        if tile.hashes is distinct from dsr.right_tile(tile.level, tile.index, tile.width) then
            raise exception using errcode = 'check_violation', constraint = 'tile_is_right',
                message = format('tile %s/%s of width %s is not that of the log', tile.level, tile.index, tile.width);
        end if;
        insert into dsr.evidence_tiles (level, index, width, hashes)
        values (tile.level, tile.index, tile.width, tile.hashes)
        on conflict do nothing;
    end loop;
end
$$;

-- Stores a signed checkpoint over all leaves that there are, or were a moment ago.
create function dsr.add_checkpoint(of_size bigint, signed_note text) returns void
    language plpgsql
    security definer
as $$
begin
    perform dsr.require_tree();
    if of_size > (select h.size from dsr.evidence_head h)
       or of_size <= (select max(c.size) from dsr.evidence_checkpoints c)
       or octet_length(signed_note) > 16384
       or split_part(signed_note, E'\n', 2) <> of_size::text then
        raise exception using errcode = 'check_violation', constraint = 'checkpoint_is_of_the_log',
            message = format('a checkpoint of size %s is not the next one of the log', of_size);
    end if;
    insert into dsr.evidence_checkpoints (size, note) values (of_size, signed_note);
end
$$;

-- Remembers that a checkpoint was written to a file. Idempotent.
create function dsr.mark_filed(of_size bigint) returns void
    language sql
    security definer
as $$
    update dsr.evidence_checkpoints set filed_at = clock_timestamp() where size = of_size and filed_at is null
$$;

-- Removes the checkpoints from a size on that were never filed, and the tiles that are not under a checkpoint any more, and
-- puts the right tile in the place of a wrong one. Appends an entry about it, and returns the number of removed checkpoints.
-- For the owner, where a checkpoint is not what the log's key has signed, so that nothing can be signed after it.
create function dsr.remove_unsigned(from_size bigint, because text, by_operator json) returns bigint
    language plpgsql
    security definer
as $$
declare
    last_good bigint;
    removed   bigint;
    tile      record;
    level_now integer;
begin
    perform dsr.refuse_ticket(because, null);
    if exists (select from dsr.evidence_checkpoints c where c.size >= from_size and c.filed_at is not null and c.lost_by is null) then
        raise exception using errcode = 'check_violation', constraint = 'filed_checkpoints_stay',
            message = format('a checkpoint of size %s or more was filed, so it was signed', from_size);
    end if;
    delete from dsr.evidence_checkpoints where size >= from_size;
    get diagnostics removed = row_count;
    last_good := coalesce((select max(c.size) from dsr.evidence_checkpoints c), 0);
    delete from dsr.evidence_tiles t where (t.index * 256 + t.width) << (8 * t.level) > last_good;
    -- A tile is made from those below it, so the lower levels come first.
    for level_now in 0..7 loop
        for tile in
            select t.level, t.index, t.width, dsr.right_tile(t.level, t.index, t.width) as hashes
            from dsr.evidence_tiles t
            where t.level = level_now and t.hashes is distinct from dsr.right_tile(t.level, t.index, t.width)
        loop
            delete from dsr.evidence_tiles t where (t.level, t.index, t.width) = (tile.level, tile.index, tile.width);
            insert into dsr.evidence_tiles (level, index, width, hashes)
            select tile.level, tile.index, tile.width, tile.hashes where tile.hashes is not null;
        end loop;
    end loop;
    perform dsr.append_evidence(
        json_build_array(dsr.leaf(
            'checkpoints_removed', jsonb_build_object('before', from_size, 'count', removed, 'ticket', because))),
        null, by_operator);
    return removed;
end
$$;

-- MARK: Counts

-- Keeps the counts in dsr.evidence_head, for changes by statements of dsr and by plain SQL alike. It runs at the end of
-- the statement, after the append has locked the head. A statement that changes no counted state does not take the lock.
--
-- A transaction of plain SQL that closes requests in several statements holds the lock from the first of them on, and
-- can deadlock with a run. Postgres then cancels one of the two; a run retries by itself.
create function dsr.count_requests() returns trigger
    language plpgsql
    security definer
as $$
declare
    closed  bigint;
    running bigint;
    more    record;
begin
    select -count(*) filter (where dsr.is_closed(b.state)), -count(*) filter (where b.state = 'running')
    into closed, running
    from before b;
    if tg_op = 'UPDATE' then
        select count(*) filter (where dsr.is_closed(a.state)) as closed, count(*) filter (where a.state = 'running') as running
        into more
        from after a;
        closed := closed + more.closed;
        running := running + more.running;
    end if;
    if closed <> 0 or running <> 0 then
        update dsr.evidence_head
        set requests_closed = requests_closed + closed, requests_running = requests_running + running;
    end if;
    return null;
end
$$;

create trigger count_changed_requests after update on dsr.subject_requests
    referencing old table as before new table as after
    for each statement execute function dsr.count_requests();
create trigger count_deleted_requests after delete on dsr.subject_requests
    referencing old table as before
    for each statement execute function dsr.count_requests();
