-- What a run does to the queue. Each function does one step: the change, and its log entries, in one commit. They run
-- with the owner's rights, so that a worker needs the right to call them, and none to change a row in another way.

-- MARK: Parameters

-- A verdict of admission on a new row.
create type dsr.verdict as (
    id bigint, answer_by date, notice_by date, latest_lawful date, deadline json, time_zone text,
    identity boolean, approval boolean, not_erased_before date, refusal text, salt bytea,
    -- The digest of the identifier, and of a replay also the one under the key of the erasure that it repeats.
    digest bytea, replay_digest bytea
);

-- A call that changes data, before it is sent.
create type dsr.intent as (id bigint, claim_no integer, action text);

-- How a claimed request ended, or why it goes back to the queue.
create type dsr.resolution as (
    id bigint, claim_no integer, state text, waiting_for text, outcome text, reason text, wait_ms bigint,
    failures integer, may_have_acted boolean, calls integer, remains json, attributes json,
    recheck_ms bigint, keep_ms bigint, forgets boolean, kept_ms bigint, is_known boolean
);

-- A document of a request, or of the run where it has none.
create type dsr.new_document as (request_id bigint, file_name text, media_type text, sha256 bytea, content bytea);

-- MARK: Rows

-- The identifier of a request as it was committed to at admission; null where the row has another one by now.
create function dsr.committed_id(request dsr.subject_requests) returns text
    language sql stable
as $$
    select request.integration_id from dsr.request_salts s
    where s.request_id = request.id
      and request.subject_commitment = sha256(s.salt || convert_to(request.integration_id, 'UTF8'))
$$;

-- The changes of a request as text; null where they are larger than any that can be inserted.
create function dsr.readable_changes(request dsr.subject_requests) returns text
    language sql immutable parallel safe
as $$
    select case when octet_length(request.changes::text) <= 65536 then request.changes::text end
$$;

-- The first closed gate of a request; what a run holds back comes after all others. `without_texts` are the kinds of request
-- whose answer lacks a text of the controller. The brake on erasures does not apply to replays, which were decided the
-- first time; `kept` are the gates of a run that keep what they hold back already.
create function dsr.first_gate(
    request dsr.subject_requests, is_braked boolean, without_texts text[], kept text[]
) returns text
    language sql stable
as $$
    select coalesce(
        (dsr.closed_gates(request))[1],
        case when request.kind = any (without_texts) then 'controller_texts' end,
        case when is_braked and request.kind = 'erasure' and request.replay_of is null then 'brake' end,
        case when request.waiting_for = any (kept) then request.waiting_for end)
$$;

-- Stores documents. A document is named after this database and its request or run.
create function dsr.store_documents(documents dsr.new_document[], of_run bigint) returns void
    language plpgsql
as $$
begin
    if exists (
        select from unnest(documents) d, dsr.deployment p
        where not starts_with(d.file_name, concat(
            p.database_id, case when d.request_id is null then '-run-' || of_run || '.' else '-request-' || d.request_id || '-' end))
    ) then
        raise exception using errcode = 'check_violation', constraint = 'document_is_named_after_its_owner',
            message = 'a document is not named after this database and its request or run';
    end if;
    insert into dsr.reports (request_id, run_id, file_name, media_type, sha256, byte_count, content)
    select d.request_id, of_run, d.file_name, d.media_type, d.sha256, octet_length(d.content), d.content
    from unnest(documents) with ordinality as d (request_id, file_name, media_type, sha256, content, place)
    order by d.place;
end
$$;

-- MARK: A run

-- Begins a run, and returns its number. Its lease is by this database's clock.
create function dsr.begin_run(
    lease_ms bigint, on_host text, process integer, of_version text, on_environment text, by_actor text, of_scope text
) returns bigint
    language plpgsql
    security definer
as $$
declare
    run bigint;
begin
    perform dsr.refuse_text('host', on_host, 255);
    perform dsr.refuse_text('version', of_version, 100);
    perform dsr.refuse_text('actor', by_actor, 200);
    insert into dsr.runs (host, pid, version, environment, actor, scope, lease_until)
    values (on_host, process, of_version, on_environment, by_actor, of_scope,
            clock_timestamp() + lease_ms * interval '1 millisecond')
    returning id into run;
    return run;
end
$$;

-- Renews the lease of a run; null where it had expired.
create function dsr.renew_lease(of_run bigint, lease_ms bigint) returns bigint
    language sql
    security definer
as $$
    update dsr.runs set lease_until = clock_timestamp() + lease_ms * interval '1 millisecond'
    where id = of_run and ended_at is null and lease_until > clock_timestamp()
    returning id
$$;

-- Returns to the queue what a run holds without knowing it. The lock on the run's row is stronger than the one that a claim
-- takes until its commit, so that none comes after it.
create function dsr.return_orphans(of_run bigint) returns bigint
    language plpgsql
    security definer
as $$
declare
    returned bigint;
begin
    perform from dsr.runs where id = of_run for update;
    with hit as (
        update dsr.subject_requests r set
            state = 'pending',
            may_have_acted = r.may_have_acted or dsr.deletion_was_announced(r.id, r.claim_no)
        where r.run_id = of_run and r.state = 'running'
        returning r as request, r.id, r.claim_no
    ), entries as (
        select json_agg(
            dsr.leaf('returned', request, jsonb_build_object('claim', claim_no, 'state', 'pending')) order by id
        ) as list
        from hit
    ), log as materialized (
        select dsr.append_evidence(entries.list, of_run) from entries
    )
    select count(*) into returned from hit where exists (select from log);
    return returned;
end
$$;

-- Ends a run, with what it holds without knowing it. Called twice, it ends the run once.
create function dsr.end_run(
    of_run bigint, because text, report json, erased integer, braked boolean, known_customers integer,
    unknown_customers integer, documents dsr.new_document[]
) returns void
    language plpgsql
    security definer
as $$
begin
    perform dsr.return_orphans(of_run);
    update dsr.runs set
        ended_at = clock_timestamp(), end_reason = because, counts = report, erasures = erased, was_braked = braked,
        known = known_customers, unknown = unknown_customers
    where id = of_run and ended_at is null;
    if found then
        perform dsr.store_documents(documents, of_run);
        perform dsr.append_evidence(
            json_build_array(dsr.leaf('run_ended', jsonb_build_object(
                'ended', of_run, 'reason', because,
                'reports', (
                    select jsonb_agg(jsonb_build_object('name', d.file_name, 'sha256', encode(d.sha256, 'hex')) order by d.place)
                    from unnest(documents) with ordinality as d (request_id, file_name, media_type, sha256, content, place))))),
            of_run);
    end if;
end
$$;

-- Lets the queue belong to an environment and a host, where it belongs to none yet.
create function dsr.pin(to_environment text, to_host text) returns void
    language sql
    security definer
as $$
    update dsr.deployment set environment = to_environment, host = to_host, pinned_at = clock_timestamp()
    where environment is null
$$;

-- MARK: Admission

-- Stores verdicts on new rows: deadlines, commitments, gates and log entries. Returns the number of rows that are ready,
-- that wait and that were refused.
--
-- The rows are locked before they are updated, skipping those that another run is admitting, so that two runs share the
-- work instead of waiting for each other. A replay whose digest is that of the erasure that it repeats was checked the
-- first time; its approval is given again.
create function dsr.admit(of_run bigint, by_operator json, key_id bytea, verdicts dsr.verdict[])
    returns table (ready bigint, waiting bigint, refused bigint)
    language plpgsql
    security definer
as $$
declare
    admitted bigint[];
    all_hit  bigint;
    closed   bigint;
begin
    with mine as materialized (
        select v.*, coalesce(v.replay_digest = o.subject_digest, false) as is_replay,
            case
                when v.refusal is not null then v.refusal
                when v.replay_digest <> o.subject_digest then
                    'the row repeats the erasure of another customer'
            end as problem
        from unnest(verdicts) v
        join dsr.subject_requests r on r.id = v.id
        left join dsr.subject_requests o on o.id = r.replay_of
        where r.state = 'pending' and r.admitted_at is null
        for no key update of r skip locked
    ), salted as (
        insert into dsr.request_salts (request_id, salt)
        select id, salt from mine where problem is null
    ), hit as (
        update dsr.subject_requests r set
            state = case when mine.problem is not null then 'refused' else 'pending' end,
            admitted_at = clock_timestamp(),
            time_zone = mine.time_zone,
            notice_by = mine.notice_by,
            answer_by = mine.answer_by,
            latest_lawful = mine.latest_lawful,
            deadline = mine.deadline,
            needs_identity = r.needs_identity
                or not is_replay and (coalesce(mine.identity, false) or dsr.policy_checks_identity(r.channel)),
            needs_approval = r.needs_approval or coalesce(mine.approval, false)
                or r.kind = 'erasure' and (select p.approves_erasures from dsr.policy p),
            not_erased_before = case when r.kind = 'erasure' and not is_replay and mine.problem is null then dsr.policy_waits_until(
                mine.not_erased_before, (r.received_at at time zone mine.time_zone)::date) end,
            subject_commitment = case when mine.problem is null
                then sha256(mine.salt || convert_to(r.integration_id, 'UTF8')) end,
            subject_digest = mine.digest,
            subject_key_id = case when mine.digest is not null then key_id end,
            reason = mine.problem,
            finished_at = case when mine.problem is not null then clock_timestamp() end,
            run_id = case when mine.problem is not null then of_run else r.run_id end
        from mine
        where r.id = mine.id
        returning r as request, r.id, r.state, r.answer_by, r.subject_key_id, r.subject_digest,
            nullif(array_remove(array[
                case when r.needs_identity then 'identity' end, case when r.needs_approval then 'approval' end,
                case when r.not_erased_before is not null then 'waiting_period' end], null), '{}') as needs,
            to_char(r.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as received_at
    ), entries as (
        select json_agg(e.entry order by e.id, e.place) as list
        from hit, lateral (values
            (hit.id, 1, dsr.leaf('received', hit.request, jsonb_build_object('received_at', hit.received_at))),
            (hit.id, 2, dsr.leaf(
                case hit.state when 'pending' then 'admitted' else hit.state end, hit.request,
                jsonb_build_object(
                    'answer_by', hit.answer_by, 'digest', dsr.digest_hash(hit.subject_key_id, hit.subject_digest),
                    'needs', hit.needs)))
        ) as e (id, place, entry)
    ), log as materialized (
        select dsr.append_evidence(entries.list, of_run, by_operator) from entries
    )
    select array_agg(h.id) filter (where h.state = 'pending'), count(*) into admitted, all_hit
    from hit h where exists (select from log);
    -- A statement of its own, so that it sees the rows as they are now.
    select c.closed into closed from dsr.check_gates(admitted, of_run, by_operator, false) c;
    return query select coalesce(cardinality(admitted), 0) - closed, closed, all_hit - coalesce(cardinality(admitted), 0);
end
$$;

-- MARK: Gates

-- Checks the gates of requests that are pending or waiting, with an entry for each that opens or closes. Returns the
-- numbers of requests that are ready now, and that wait now.
create function dsr.check_gates(
    requests bigint[], of_run bigint, by_operator json, is_braked boolean, without_texts text[] default '{}',
    kept text[] default '{unknown_customers,known_before,controller_texts}'
) returns table (opened bigint, closed bigint)
    language plpgsql
as $$
begin
    return query
    with seen as materialized (
        select r.id, dsr.first_gate(r, is_braked, without_texts, kept) as gate
        from dsr.subject_requests r
        where r.id = any (requests) and r.state in ('pending', 'waiting') and r.admitted_at is not null
        for no key update of r skip locked
    ), hit as (
        update dsr.subject_requests r set
            state = case when seen.gate is null then 'pending' else 'waiting' end,
            waiting_for = seen.gate
        from seen
        where r.id = seen.id and r.waiting_for is distinct from seen.gate
        returning r as request, r.id, r.waiting_for
    ), entries as (
        select json_agg(dsr.leaf(
            case when waiting_for is null then 'ready' else 'waiting' end, request,
            jsonb_build_object('waiting_for', waiting_for)
        ) order by id) as list
        from hit
    ), log as materialized (
        select dsr.append_evidence(entries.list, of_run, by_operator) from entries
    )
    select count(*) filter (where waiting_for is null), count(*) filter (where waiting_for is not null)
    from hit
    where exists (select from log);
end
$$;

-- Checks the gates of all waiting requests.
create function dsr.open_gates(of_run bigint, is_braked boolean, without_texts text[], kept text[])
    returns table (opened bigint, closed bigint)
    language sql
    security definer
as $$
    select * from dsr.check_gates(
        array(select r.id from dsr.subject_requests r where r.state = 'waiting'), of_run, null, is_braked, without_texts, kept)
$$;

-- Gives open requests that were admitted under looser rules the needs of the present ones, those of the policy included.
-- Nothing is ever loosened.
create function dsr.tighten(checks_identity boolean, trusted text[], approval boolean, wait_days integer) returns void
    language sql
    security definer
as $$
    update dsr.subject_requests r set
        needs_identity = r.needs_identity or n.identity,
        needs_approval = r.needs_approval or n.approval,
        not_erased_before = coalesce(r.not_erased_before, n.waits_until)
    from dsr.subject_requests s
    cross join lateral (
        select
            s.replay_of is null
                and (checks_identity and not dsr.is_trusted(s.channel, trusted) or dsr.policy_checks_identity(s.channel)) as identity,
            s.kind = 'erasure' and (approval or (select p.approves_erasures from dsr.policy p)) as approval,
            case when s.kind = 'erasure' and s.replay_of is null then dsr.policy_waits_until(
                case when wait_days > 0 then (s.received_at at time zone s.time_zone)::date + wait_days end,
                (s.received_at at time zone s.time_zone)::date) end as waits_until
    ) n
    where r.id = s.id and (s.state = 'pending' and s.admitted_at is not null or s.state = 'waiting')
      and (not s.needs_identity and n.identity or not s.needs_approval and n.approval
           or s.not_erased_before is null and n.waits_until is not null)
$$;

-- Stores digests of open requests that were made with a key, with an entry for each.
create function dsr.set_digests(
    of_run bigint, ids bigint[], digests bytea[], key_id bytea, by_operator json default null
) returns void
    language sql
    security definer
as $$
    with hit as (
        update dsr.subject_requests r set subject_digest = d.digest, subject_key_id = key_id
        from unnest(ids, digests) as d (id, digest)
        where r.id = d.id and r.integration_id is not null and r.subject_key_id is distinct from key_id
        returning r as request, r.id, r.subject_digest
    )
    select dsr.append_evidence(
        (select json_agg(dsr.leaf('digested', request, jsonb_build_object('digest', dsr.digest_hash(key_id, subject_digest)))
                         order by id) from hit),
        of_run, by_operator)
$$;

-- Stores digests of open erasures under an earlier key, so that holds under it can be compared.
create function dsr.set_earlier_digests(ids bigint[], digests bytea[], key_id bytea) returns void
    language sql
    security definer
as $$
    insert into dsr.earlier_digests (request_id, subject_digest, subject_key_id)
    select d.id, d.digest, key_id from unnest(ids, digests) as d (id, digest)
    on conflict do nothing
$$;

-- MARK: Claims

-- Claims ready requests, earliest deadline first, with an entry for each, before the first call is sent.
--
-- Returns no row where the run does not hold its lease, and one row without an id where nothing was claimed. A row whose
-- gate has closed since its admission waits from now on: an older request of the same subject, or a hold, may have come in
-- between. An erasure that failed after it was sent explains the subject's absence to their next one too.
--
-- The run's row is locked against a rescue until the commit: a rescuer that saw the lease expire meanwhile would end the
-- run without seeing these rows, and no run would ever return them. The cursor keeps the claim flat when vacuum is
-- blocked: without it each claim walks all dead entries of the rows claimed before.
create function dsr.claim(
    of_run bigint, only_request bigint, at_most integer, after_date date, after_id bigint, is_braked boolean,
    only_replays boolean, only_suspects boolean, without_texts text[]
) returns table (
    id bigint, kind text, integration_id text, waiting_for text, claim_no integer, failures integer,
    may_have_acted boolean, ticket text, changes text, received_at timestamptz, time_zone text, answer_by date)
    language plpgsql
    security definer
as $$
#variable_conflict use_column
declare
    picked bigint[];
begin
    perform from dsr.runs u
    where u.id = of_run and u.ended_at is null and u.lease_until > clock_timestamp()
    for key share;
    if not found then
        return;
    end if;
    if only_request is null then
        picked := array(
            select r.id from dsr.subject_requests r
            where r.state = 'pending' and r.admitted_at is not null
              and (r.answer_by, r.id) > (after_date, after_id)
              and (r.not_before is null or r.not_before <= clock_timestamp())
              and (not only_replays or r.replay_of is not null)
              and (r.crashed_runs >= 2) = only_suspects
            order by r.answer_by, r.id
            limit at_most
            for no key update of r skip locked);
    else
        picked := array(
            select r.id from dsr.subject_requests r
            where r.id = only_request and r.state = 'pending' and r.admitted_at is not null
            for no key update of r skip locked);
    end if;

    return query
    with seen as materialized (
        select r.id, dsr.first_gate(r, is_braked and only_request is null, without_texts, '{}') as gate, r.kind = 'erasure' and exists (
                select from dsr.subject_requests o where o.integration_id = r.integration_id and o.may_have_acted
            ) as may_be_gone
        from dsr.subject_requests r
        where r.id = any (picked)
    ), took as (
        update dsr.subject_requests r set
            state = case when seen.gate is null then 'running' else 'waiting' end,
            waiting_for = seen.gate,
            run_id = case when seen.gate is null then of_run else r.run_id end,
            claim_no = r.claim_no + (seen.gate is null)::int,
            claimed_at = case when seen.gate is null then clock_timestamp() else r.claimed_at end,
            may_have_acted = r.may_have_acted or seen.gate is null and seen.may_be_gone,
            not_before = null
        from seen
        where r.id = seen.id
        returning r as request
    ), entries as (
        select json_agg(dsr.leaf(
            case when (request).waiting_for is null then 'claimed' else 'waiting' end, request,
            case when (request).waiting_for is null then jsonb_build_object('claim', (request).claim_no)
                else jsonb_build_object('waiting_for', (request).waiting_for) end
        ) order by (request).answer_by, (request).id) as list
        from took
    ), log as materialized (
        select dsr.append_evidence(entries.list, of_run) from entries
    )
    select (t.request).id, (t.request).kind, dsr.committed_id(t.request), (t.request).waiting_for, (t.request).claim_no,
           (t.request).failures, (t.request).may_have_acted, (t.request).ticket, dsr.readable_changes(t.request),
           (t.request).received_at, (t.request).time_zone, (t.request).answer_by
    from took t
    where exists (select from log)
    order by (t.request).answer_by, (t.request).id;
    if not found then
        return next;
    end if;
end
$$;

-- MARK: Calls and results

-- Writes an entry for each call that changes data, before it is sent, and checks the gates one last time. Returns the
-- requests that the run still holds, and the gate that has closed; a request whose identifier is not the one that was
-- admitted is not among them.
create function dsr.announce(of_run bigint, intents dsr.intent[]) returns table (id bigint, gate text)
    language plpgsql
    security definer
as $$
#variable_conflict use_column
begin
    perform dsr.take_lock('gates');
    -- A statement of its own, so that it sees what the holder of the lock has done before. The rows are locked until the
    -- commit, so that a rescue cannot take one while its entry is written.
    return query
    with hit as materialized (
        select r as request, r.id, r.claim_no, i.action, (dsr.closed_gates(r))[1] as gate
        from unnest(intents) i join dsr.subject_requests r on r.id = i.id
        where r.claim_no = i.claim_no and r.state = 'running' and r.run_id = of_run and dsr.committed_id(r) is not null
        for no key update of r
    ), entries as (
        select json_agg(dsr.leaf(
            'sending', request, jsonb_build_object('claim', claim_no, 'action', action)
        ) order by id) as list
        from hit
        where gate is null
    ), log as materialized (
        select dsr.append_evidence(entries.list, of_run) from entries
    )
    select h.id, h.gate from hit h where exists (select from log);
end
$$;

-- Records results: state, outcome, documents, log entries, and for final erasures the deletion of what is kept about the
-- subject. Returns the requests whose result was accepted.
--
-- The fence is (id, claim_no) and nothing else: claim_no only grows, so a late result can never land on a later claim.
create function dsr.record(of_run bigint, resolutions dsr.resolution[], documents dsr.new_document[])
    returns table (id bigint)
    language plpgsql
    security definer
as $$
#variable_conflict use_column
declare
    accepted   bigint[];
    forgetting bigint[];
begin
    if exists (select from unnest(resolutions) r where r.forgets) then
        perform dsr.take_lock('forgetting');
    end if;

    with hit as (
        update dsr.subject_requests q set
            state = r.state,
            waiting_for = r.waiting_for,
            outcome = r.outcome,
            reason = r.reason,
            failures = r.failures,
            crashed_runs = 0,
            may_have_acted = r.may_have_acted,
            not_before = clock_timestamp() + r.wait_ms * interval '1 millisecond',
            finished_at = case when dsr.is_closed(r.state) then clock_timestamp() end,
            forget_at = clock_timestamp() + r.kept_ms * interval '1 millisecond',
            changes = case when r.state in ('pending', 'waiting', 'failed') then q.changes end
        from unnest(resolutions) r
        where q.id = r.id and q.claim_no = r.claim_no and q.state = 'running'
        returning q as request, q.id, q.claim_no, r.state, r.waiting_for, r.outcome, r.calls, r.remains, r.attributes,
            r.is_known
    ), first_known as (
        update dsr.deployment set customer_known_at = clock_timestamp()
        where customer_known_at is null and exists (select from hit where is_known)
    ), entries as (
        select json_agg(dsr.leaf(
            case when hit.state in ('pending', 'waiting') then 'returned' else 'recorded' end, hit.request,
            jsonb_build_object(
                'claim', hit.claim_no, 'state', hit.state, 'waiting_for', hit.waiting_for,
                'outcome', hit.outcome, 'calls', hit.calls,
                'remains', hit.remains, 'attributes', hit.attributes,
                'reports', (
                    select jsonb_agg(jsonb_build_object('name', d.file_name, 'sha256', encode(d.sha256, 'hex'))
                                    order by d.place)
                    from unnest(documents) with ordinality as d (request_id, file_name, media_type, sha256, content, place)
                    where d.request_id = hit.id
                ))
        ) order by hit.id) as list
        from hit
    ), log as materialized (
        select dsr.append_evidence(entries.list, of_run) from entries
    )
    select coalesce(array_agg(hit.id), '{}') into accepted from hit where exists (select from log);

    perform dsr.store_documents(array(select d from unnest(documents) d where d.request_id = any (accepted)), of_run);
    perform dsr.answer_together(accepted, of_run);

    forgetting := array(select r.id from unnest(resolutions) r where r.forgets and r.id = any (accepted));
    if cardinality(forgetting) > 0 then
        insert into dsr.rechecks (request_id, integration_id, due_at, drop_at)
        select q.id, q.integration_id, clock_timestamp() + r.recheck_ms * interval '1 millisecond',
               clock_timestamp() + r.keep_ms * interval '1 millisecond'
        from unnest(resolutions) r join dsr.subject_requests q on q.id = r.id
        where q.id = any (forgetting) and r.recheck_ms is not null;
        perform dsr.forget_requests(array(
            select unnest(forgetting)
            union
            select o.id
            from dsr.subject_requests q join dsr.subject_requests o on o.integration_id = q.integration_id
            where q.id = any (forgetting) and dsr.is_closed(o.state)));
    end if;
    return query select unnest(accepted);
end
$$;

-- Completes the requests that are equal to completed ones: of the same subject and the same right, and admitted before
-- that was claimed, so that what was found out holds for them too. A gate of their own keeps them apart.
create function dsr.answer_together(requests bigint[], of_run bigint) returns void
    language plpgsql
as $$
declare
    log_size bigint;
begin
    with mate as materialized (
        select o.id, l.id as lead, l.outcome, l.forget_at
        from dsr.subject_requests l
        join dsr.subject_requests o on o.integration_id = l.integration_id and o.kind = l.kind and o.id <> l.id
        where l.id = any (requests) and l.state = 'completed' and l.kind in ('access', 'portability', 'erasure')
          and l.replay_of is null and o.replay_of is null
          and o.state in ('pending', 'waiting') and o.admitted_at < l.claimed_at
          and dsr.closed_gates(o) <@ array['older_request']
        for no key update of o skip locked
    ), hit as (
        update dsr.subject_requests o set
            state = 'completed', waiting_for = null, not_before = null, outcome = mate.outcome, answered_with = mate.lead,
            reason = format('Answered together with request %s.', mate.lead), run_id = of_run,
            forget_at = mate.forget_at, finished_at = clock_timestamp()
        from mate
        where o.id = mate.id
        returning o as request, o.id, o.outcome, o.answered_with
    ), entries as (
        select json_agg(dsr.leaf(
            'recorded', request,
            jsonb_build_object('state', 'completed', 'outcome', outcome, 'with', answered_with)) order by id) as list
        from hit
    )
    select dsr.append_evidence(entries.list, of_run) into log_size from entries;
end
$$;

-- Returns to the queue what crashed runs held, and ends those runs. A request that as many runs crashed with as are allowed
-- is set aside as failed, because it may be what crashes them.
--
-- The crashed run's row is locked first, which also decides the race with a late heartbeat, and a request is returned only
-- while the crashed run still holds it. A deletion that was announced may have been carried out. A run whose own lease has
-- expired rescues nothing.
create function dsr.rescue(of_run bigint, crashes_allowed integer)
    returns table (returned bigint, set_aside bigint, holds_lease boolean)
    language plpgsql
    security definer
as $$
begin
    return query
    with me as materialized (
        select id from dsr.runs where id = of_run and ended_at is null and lease_until > clock_timestamp()
        for key share
    ), crashed as materialized (
        select id from dsr.runs
        where ended_at is null and lease_until < clock_timestamp() and id <> of_run and exists (select from me)
        for update skip locked
    ), lost as (
        update dsr.subject_requests r set
            state = case when r.crashed_runs + 1 >= crashes_allowed then 'failed' else 'pending' end,
            crashed_runs = r.crashed_runs + 1,
            may_have_acted = r.may_have_acted or dsr.deletion_was_announced(r.id, r.claim_no),
            outcome = null,
            run_id = case when r.crashed_runs + 1 >= crashes_allowed then of_run else r.run_id end,
            reason = case when r.crashed_runs + 1 >= crashes_allowed
                then format('%s runs crashed while they processed it; the last of them processed nothing else.',
                            r.crashed_runs + 1)
                else r.reason end,
            finished_at = case when r.crashed_runs + 1 >= crashes_allowed then clock_timestamp() end
        from crashed
        where r.state = 'running' and r.run_id = crashed.id
        returning r as request, r.id, r.claim_no, r.state
    ), entries as (
        select json_agg(e.entry order by e.id, e.place) as list
        from lost, lateral (values
            (lost.id, 1, dsr.leaf('lease_lost', lost.request, jsonb_build_object('claim', lost.claim_no))),
            (lost.id, 2, case when lost.state = 'failed'
                then dsr.leaf('set_aside', lost.request, jsonb_build_object('state', lost.state)) end)
        ) as e (id, place, entry)
        where e.entry is not null
    ), ends as (
        select json_agg(
            dsr.leaf('run_ended', jsonb_build_object('ended', id, 'reason', 'lease lost')) order by id) as list
        from crashed
    ), closed as (
        update dsr.runs r set ended_at = clock_timestamp(), end_reason = 'lease lost'
        from crashed where r.id = crashed.id
    ), log as materialized (
        select dsr.append_evidence(
            (select json_agg(x.value) from (
                select * from json_array_elements(entries.list) union all select * from json_array_elements(ends.list)) x),
            of_run)
        from entries, ends
    )
    select count(*) filter (where state = 'pending'), count(*) filter (where state = 'failed'), exists (select from me)
    from lost where exists (select from log);
end
$$;

-- Appends an entry that a brake holds requests back, or that an operator has allowed them.
create function dsr.note_brake(of_run bigint, event text, number bigint, of_ticket text) returns void
    language plpgsql
    security definer
as $$
begin
    if event not in ('braked', 'brake_released', 'unknown_held', 'unknown_allowed') then
        raise exception using errcode = 'check_violation', message = 'the entry is not about a brake';
    end if;
    perform dsr.refuse_ticket(of_ticket, null);
    perform dsr.append_evidence(
        json_build_array(dsr.leaf(event, jsonb_build_object('count', number, 'ticket', of_ticket))), of_run);
end
$$;

-- MARK: Documents

-- Marks documents as delivered, with an entry for each that was not yet. Their content is kept in the database for some
-- days more, in case the file is lost, and not at all where the subject was erased.
create function dsr.mark_delivered(of_run bigint, by_operator json, documents bigint[], keep_days integer) returns bigint
    language plpgsql
    security definer
as $$
declare
    marked bigint;
begin
    perform dsr.take_lock('forgetting');
    with hit as (
        update dsr.reports x set
            delivered_at = clock_timestamp(),
            expires_at = clock_timestamp() + keep_days * interval '1 day',
            content = case when keep_days = 0 or exists (
                select from dsr.subject_requests q
                where q.id = x.request_id and q.integration_id is null and q.kind <> 'erasure'
            ) then null else x.content end
        where x.id = any (documents) and x.delivered_at is null
        returning x.id, x.request_id, x.file_name, x.sha256
    ), entries as (
        select json_agg(dsr.leaf(
            'delivered',
            jsonb_build_object('reports', jsonb_build_array(
                jsonb_build_object('name', file_name, 'sha256', encode(sha256, 'hex')))),
            request_id
        ) order by id) as list
        from hit
    ), log as materialized (
        select dsr.append_evidence(entries.list, of_run, by_operator) from entries
    )
    select count(*) into marked from hit where exists (select from log);
    return marked;
end
$$;

-- Deletes the content of delivered documents whose time has come, up to a number of them.
create function dsr.expire_documents(at_most integer) returns bigint
    language plpgsql
    security definer
as $$
declare
    expired bigint;
begin
    update dsr.reports x set content = null
    where x.id in (
        select e.id from dsr.reports e where e.expires_at <= clock_timestamp() and e.content is not null
        order by e.expires_at limit at_most for update skip locked);
    get diagnostics expired = row_count;
    return expired;
end
$$;

-- MARK: Forgetting

-- Deletes the identifiers of closed requests, and outside the log all that leads to the subject and all free text about them.
-- Returns the requests.
create function dsr.forget_requests(requests bigint[]) returns setof dsr.subject_requests
    language plpgsql
as $$
begin
    -- A hold of the subject can be told by its digest only, and is over, or the subject would not have been erased.
    with hold as (
        update dsr.legal_holds h set source_of_law = '(deleted with the erasure)'
        where h.released_at is not null and exists (
            select from dsr.subject_requests r where r.id = any (requests) and r.subject_digest = h.subject_digest
            union all
            select from dsr.earlier_digests d where d.request_id = any (requests) and d.subject_digest = h.subject_digest)
        returning h.id
    )
    update dsr.decisions d set reason = '(deleted with the erasure)'
    where d.reason is not null and (d.request_id = any (requests) or d.hold_id in (select id from hold));
    delete from dsr.request_salts x where x.request_id = any (requests);
    delete from dsr.earlier_digests x where x.request_id = any (requests);
    update dsr.reports x set content = null where x.request_id = any (requests) and x.delivered_at is not null;
    -- Whether an earlier deletion was carried out is settled too: the read-back found nothing.
    return query
    update dsr.subject_requests q set
        integration_id = null, requested_by = null, submitted_by = null, channel = null, changes = null,
        identity_checked_by = case when q.identity_checked_by is not null then '(deleted with the erasure)' end,
        may_have_acted = false
    where q.id = any (requests) and dsr.is_closed(q.state)
    returning q.*;
end
$$;

-- Deletes what is kept about customers of whom the answer was that Talon.One does not know them, where the time has come
-- that was told to them; after an erasure their earlier requests are included, and what arrived after the answer is not.
-- Returns the number of requests whose time has come.
create function dsr.forget_unknown(of_run bigint, at_most integer) returns bigint
    language plpgsql
    security definer
as $$
declare
    due      bigint[];
    subjects bigint[];
begin
    perform dsr.take_lock('forgetting');
    due := array(
        select id from dsr.subject_requests
        where forget_at <= clock_timestamp() and integration_id is not null
        order by forget_at
        limit at_most);
    subjects := array(
        select unnest(due)
        union
        select o.id
        from dsr.subject_requests d join dsr.subject_requests o on o.integration_id = d.integration_id
        where d.id = any (due) and d.kind = 'erasure' and dsr.is_closed(o.state) and o.finished_at <= d.finished_at);
    perform dsr.append_evidence(
        (select json_agg(dsr.leaf('forgotten', f) order by f.id) from dsr.forget_requests(subjects) f), of_run);
    return cardinality(due);
end
$$;

-- MARK: Rechecks

-- Records what a recheck found: deletes the identifier of a customer who is still unknown, and opens an incident for one who
-- reappeared. Returns the request; null where another run has recorded it before.
create function dsr.record_recheck(of_run bigint, of_request bigint, what text, remaining text[]) returns bigint
    language plpgsql
    security definer
as $$
#variable_conflict use_column
begin
    update dsr.rechecks set
        checked_at = clock_timestamp(),
        found = what,
        integration_id = case when what = 'reappeared' then integration_id end
    where request_id = of_request and checked_at is null;
    if not found then
        return null;
    end if;
    if what = 'reappeared' then
        insert into dsr.incidents (kind, request_id, found) values ('reappeared', of_request, remaining);
    end if;
    perform dsr.append_evidence(
        json_build_array(dsr.leaf(
            'rechecked',
            jsonb_build_object('found', what, 'remains', case when what = 'reappeared' then to_jsonb(remaining) end),
            of_request)),
        of_run);
    return of_request;
end
$$;

-- Deletes identifiers whose retention for a recheck has ended, rechecked or not. Returns the number of rechecks that were
-- missed.
create function dsr.drop_rechecks(of_run bigint) returns bigint
    language plpgsql
    security definer
as $$
#variable_conflict use_column
declare
    missed bigint;
begin
    with hit as (
        update dsr.rechecks set
            integration_id = null,
            checked_at = coalesce(checked_at, clock_timestamp()),
            found = coalesce(found, 'missed')
        where integration_id is not null and drop_at <= clock_timestamp()
        returning request_id, found
    ), entries as (
        select json_agg(dsr.leaf('rechecked', jsonb_build_object('found', found), request_id)
                        order by request_id) as list
        from hit where found = 'missed'
    ), log as materialized (
        select dsr.append_evidence(entries.list, of_run) from entries
    )
    select count(*) filter (where found = 'missed') into missed from hit where exists (select from log);
    return missed;
end
$$;
