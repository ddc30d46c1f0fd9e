-- The evidence log: one leaf for each thing that happened to a request. A leaf's bytes are made once, by the
-- transaction that does what they tell of, hashed as they are, and never touched again.

-- One row: the number of leaves. Its lock orders all appends, so that the index has no gaps and a transaction
-- that rolls back leaves none.
create table dsr.evidence_head (
    only_row boolean primary key default true check (only_row),
    size     bigint  not null
);

insert into dsr.evidence_head (size) values (0);

create table dsr.evidence_leaves (
    index      bigint primary key check (index >= 0),
    -- RFC 6962: SHA-256(0x00 ‖ payload).
    leaf_hash  bytea  not null check (octet_length(leaf_hash) = 32),
    -- The request the payload names, for looking up. The payload is what counts. No foreign key: an append
    -- must not lock the request.
    request_id bigint
);

create index evidence_leaves_of_request on dsr.evidence_leaves (request_id, index) where request_id is not null;

-- The bytes as hashed. Apart from the hashes, because a payload's retention ends and the tree's does not.
create table dsr.evidence_payloads (
    index   bigint primary key,
    payload bytea  not null
);

-- The tree above the leaves, in tiles of up to 256 hashes: entry i of tile (level, index) is the hash of the
-- complete subtree of 256^level leaves. A tile that is not full is stored under its width at each checkpoint, and
-- never changed: the next width is a row of its own.
create table dsr.evidence_tiles (
    level  smallint not null check (level between 0 and 7),
    index  bigint   not null check (index >= 0),
    width  smallint not null check (width between 1 and 256),
    hashes bytea    not null check (octet_length(hashes) = 32 * width),
    primary key (level, index, width)
);

-- Signed heads, as signed notes (C2SP tlog-checkpoint).
create table dsr.evidence_checkpoints (
    size      bigint      primary key check (size > 0),
    note      text        not null,
    signed_at timestamptz not null default clock_timestamp()
);

-- Appends one leaf for each element of `entries`, in their order, and returns the new size of the log.
--
-- An entry is a JSON object of what is particular to it: event, request, right, claim and so on. Format, index
-- and time are put before it and after it the facts of the run or, where a person acts without one, theirs; nulls are
-- left out. Called inside the statement that does the thing, so both commit or neither does.
create function dsr.append_evidence(entries json, of_run bigint, by_person json default null) returns bigint
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    first_index bigint;
    added       bigint := json_array_length(coalesce(entries, '[]'));
    facts       text;
begin
    if added = 0 then
        return (select h.size from dsr.evidence_head h);
    end if;

    -- Taken last of all locks by every statement that appends, so appends wait for each other and never in a ring.
    select h.size into strict first_index from dsr.evidence_head h for update;

    select ',' || substr(json_strip_nulls(coalesce(
        (select json_build_object('run', r.id, 'environment', r.environment, 'version', r.version, 'actor', r.actor)
         from dsr.runs r where r.id = of_run),
        by_person))::text, 2)
    into facts;

    with entry as (
        select first_index + e.ordinal - 1 as index, json_strip_nulls(e.value)::text as body,
               (e.value ->> 'request')::bigint as request_id
        from json_array_elements(entries) with ordinality as e(value, ordinal)
    ), leaf as materialized (
        select entry.index, entry.request_id, convert_to(
            format(
                '{"v":1,"index":%s,"time":"%s",%s%s',
                entry.index,
                to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                -- The entry's members without its braces.
                substr(entry.body, 2, length(entry.body) - 2),
                coalesce(facts, '}')
            ), 'UTF8') as payload
        from entry
    ), hashed as (
        insert into dsr.evidence_leaves (index, leaf_hash, request_id)
        select leaf.index, sha256('\x00'::bytea || leaf.payload), leaf.request_id from leaf
        order by leaf.index
    )
    insert into dsr.evidence_payloads (index, payload)
    select leaf.index, leaf.payload from leaf
    order by leaf.index;

    update dsr.evidence_head set size = first_index + added;
    return first_index + added;
end
$$;

create function dsr.refuse_change_of_evidence() returns trigger
    language plpgsql
as $$
begin
    -- The one exception: payloads whose retention is over, dropped by dsr.prune_evidence, which leaves a leaf.
    if tg_table_name = 'evidence_payloads' and tg_op = 'DELETE'
        and current_setting('dsr.pruning', true) = 'on' then
        return null;
    end if;
    raise exception using errcode = 'integrity_constraint_violation',
        message = format('the evidence is append-only: %s on dsr.%s is refused', tg_op, tg_table_name);
end
$$;

create trigger append_only before update or delete or truncate on dsr.evidence_leaves
    for each statement execute function dsr.refuse_change_of_evidence();
create trigger append_only before update or delete or truncate on dsr.evidence_payloads
    for each statement execute function dsr.refuse_change_of_evidence();
create trigger append_only before update or delete or truncate on dsr.evidence_tiles
    for each statement execute function dsr.refuse_change_of_evidence();
create trigger append_only before update or delete or truncate on dsr.evidence_checkpoints
    for each statement execute function dsr.refuse_change_of_evidence();
create trigger append_only before delete or truncate on dsr.evidence_head
    for each statement execute function dsr.refuse_change_of_evidence();

-- An append writes its leaves first and moves the head after them, so that the head can be held to the truth.
create function dsr.check_evidence_head() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    if new.size <= old.size
       or not exists (select from dsr.evidence_leaves l where l.index = new.size - 1)
       or exists (select from dsr.evidence_leaves l where l.index = new.size) then
        raise exception using errcode = 'integrity_constraint_violation',
            message = 'dsr.evidence_head says how many leaves there are, and nothing else';
    end if;
    return new;
end
$$;

create trigger true_size before update on dsr.evidence_head
    for each row execute function dsr.check_evidence_head();

-- Drops the payloads of all leaves before an index, and says so in a leaf of its own. The hashes stay, so that
-- every proof that was ever given still holds.
create function dsr.prune_evidence(before_index bigint, because text, by_actor text) returns bigint
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    dropped bigint;
begin
    perform set_config('dsr.pruning', 'on', true);
    delete from dsr.evidence_payloads where index < before_index;
    get diagnostics dropped = row_count;
    perform set_config('dsr.pruning', 'off', true);
    if dropped > 0 then
        perform dsr.append_evidence(json_build_array(json_build_object(
            'event', 'purged', 'before', before_index, 'count', dropped, 'reason', because)), null,
            json_build_object('actor', by_actor));
    end if;
    return dropped;
end
$$;
