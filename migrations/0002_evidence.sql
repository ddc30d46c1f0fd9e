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
    index   bigint primary key references dsr.evidence_leaves,
    payload bytea  not null
);

-- Appends one leaf for each element of `entries`, in their order, and returns the new size of the log.
--
-- An entry is a JSON object of what is particular to it: event, request, right, claim and so on. The run's
-- facts (run, environment, software version, actor) and index and time are added here, keys in a fixed order,
-- nulls left out. Called inside the statement that does the thing, so both commit or neither does.
create function dsr.append_evidence(entries json, of_run bigint) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    first_index bigint;
    added       bigint := json_array_length(coalesce(entries, '[]'));
begin
    if added = 0 then
        return (select h.size from dsr.evidence_head h);
    end if;

    -- Taken last of all locks by every statement that appends, so appends wait for each other and never in a ring.
    select h.size into strict first_index from dsr.evidence_head h for update;

    with entry as (
        select first_index + e.ordinal - 1 as index, e.value as body
        from json_array_elements(entries) with ordinality as e(value, ordinal)
    ), leaf as (
        select
            entry.index,
            convert_to(json_strip_nulls(json_build_object(
                'index',       entry.index,
                'time',        to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'event',       entry.body -> 'event',
                'request',     entry.body -> 'request',
                'right',       entry.body -> 'right',
                'claim',       entry.body -> 'claim',
                'outcome',     entry.body -> 'outcome',
                'waiting_for', entry.body -> 'waiting_for',
                'calls',       entry.body -> 'calls',
                'remains',     entry.body -> 'remains',
                'reports',     entry.body -> 'reports',
                'ticket',      entry.body -> 'ticket',
                'subject',     entry.body -> 'subject',
                'run',         run.id,
                'environment', run.environment,
                'version',     run.version,
                'actor',       run.actor
            ))::text, 'UTF8') as payload,
            (entry.body ->> 'request')::bigint as request_id
        from entry left join dsr.runs run on run.id = of_run
    ), hashed as (
        insert into dsr.evidence_leaves (index, leaf_hash, request_id)
        select leaf.index, sha256('\x00'::bytea || leaf.payload), leaf.request_id from leaf
        returning evidence_leaves.index
    )
    insert into dsr.evidence_payloads (index, payload)
    select leaf.index, leaf.payload from leaf join hashed on hashed.index = leaf.index
    order by leaf.index;

    update dsr.evidence_head set size = first_index + added;
    return first_index + added;
end
$$;

create function dsr.refuse_change_of_evidence() returns trigger
    language plpgsql
as $$
begin
    raise exception using errcode = 'integrity_constraint_violation',
        message = format('the evidence is append-only: %s on dsr.%s is refused', tg_op, tg_table_name);
end
$$;

create trigger append_only before update or delete or truncate on dsr.evidence_leaves
    for each statement execute function dsr.refuse_change_of_evidence();
create trigger append_only before update or delete or truncate on dsr.evidence_payloads
    for each statement execute function dsr.refuse_change_of_evidence();
create trigger append_only before delete or truncate on dsr.evidence_head
    for each statement execute function dsr.refuse_change_of_evidence();
