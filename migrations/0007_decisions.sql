-- What operators decide. Each function makes one decision: the change, its justification, its log entry and a check of the
-- gates, in one commit. They run with the owner's rights, so that an operator needs the right to call them, and none to
-- change a row in another way.

-- MARK: Requests

-- Locks a request for a decision and returns its status; no row where there is no such request, it was not admitted, or it is
-- about another customer.
create function dsr.lock_for_decision(of_request bigint, of_subject text, by_actor text) returns table (
    id bigint, kind text, state text, run_id bigint, today date, received_on date, received_at timestamptz, time_zone text,
    notice_by date, is_identity_checked boolean, requester_is_actor boolean, approved_by text, extension_told_on date,
    refusal_ground text, refusal_told_on date, may_have_acted boolean, later boolean, is_forgotten boolean)
    language plpgsql
    security definer
as $$
#variable_conflict use_column
begin
    -- Some decisions close a gate.
    perform dsr.take_lock('gates');
    return query
    select r.id, r.kind, r.state, r.run_id, dsr.today(r.time_zone),
           (r.received_at at time zone coalesce(r.time_zone, 'UTC'))::date, r.received_at, r.time_zone,
           r.notice_by, r.identity_checked_at is not null,
           r.requested_by is not null and (dsr.is_requester(r, by_actor) or dsr.is_requester(r, session_user::text)),
           case when r.approved_content = dsr.content_digest(r) then r.approved_by end,
           r.extension_told_on, r.refusal_ground, r.refusal_told_on, r.may_have_acted,
           coalesce(r.not_before > clock_timestamp(), false),
           r.integration_id is null
    from dsr.subject_requests r
    where r.id = of_request and r.notice_by is not null and (of_subject is null or r.integration_id = of_subject)
    for no key update of r;
end
$$;

-- Stores why an operator decided.
create function dsr.remember(
    about_request bigint, about_hold bigint, made text, because text, under_ticket text, by_operator json
) returns void
    language sql
as $$
    insert into dsr.decisions (request_id, hold_id, decision, reason, ticket, actor)
    values (about_request, about_hold, made, because, under_ticket, by_operator ->> 'actor')
$$;

-- The end of every decision about a request: its justification, its entry, a check of the gates. Returns the state and the
-- gate that the request waits for now.
create function dsr.conclude(
    of_request bigint, made text, particulars jsonb, because text, under_ticket text, by_operator json
) returns table (state text, waiting_for text)
    language plpgsql
as $$
#variable_conflict use_column
begin
    perform dsr.remember(of_request, null, made, because, under_ticket, by_operator);
    perform dsr.append_evidence(
        json_build_array(dsr.leaf(made, r, jsonb_strip_nulls(particulars || jsonb_build_object('ticket', under_ticket)))),
        null, by_operator)
    from dsr.subject_requests r
    where r.id = of_request;
    perform dsr.check_gates(array[of_request], null, by_operator, false);
    return query select r.state, r.waiting_for from dsr.subject_requests r where r.id = of_request;
end
$$;

-- Approves an erasure. The rules of the table decide who may, and note the content that is approved.
create function dsr.approve(of_request bigint, because text, under_ticket text, by_operator json)
    returns table (state text, waiting_for text)
    language plpgsql
    security definer
as $$
begin
    perform dsr.take_lock('gates');
    update dsr.subject_requests r set approved_by = by_operator ->> 'actor', approved_at = clock_timestamp()
    where r.id = of_request;
    return query select * from dsr.conclude(of_request, 'approved', '{}', because, under_ticket, by_operator);
end
$$;

-- Approves all erasures that wait for it and repeat those since an instant, in one decision for each. Returns their number.
-- Refuses an instant with which no replay was made.
create function dsr.approve_replays(of_instant timestamptz, because text, under_ticket text, by_operator json)
    returns bigint
    language plpgsql
    security definer
as $$
declare
    request bigint;
    number  bigint := 0;
begin
    perform dsr.take_lock('gates');
    for request in
        select r.id from dsr.subject_requests r
        where r.replay_since = of_instant and r.state in ('pending', 'waiting') and r.admitted_at is not null
          and r.needs_approval and r.approved_content is distinct from dsr.content_digest(r)
        order by r.id
    loop
        perform dsr.approve(request, because, under_ticket, by_operator);
        number := number + 1;
    end loop;
    if number = 0 and not exists (select from dsr.subject_requests r where r.replay_since = of_instant) then
        raise exception using errcode = 'check_violation', constraint = 'replay_is_known',
            message = 'no replay was made with that instant';
    end if;
    return number;
end
$$;

-- Makes one of the other decisions about a request.
--
-- `particulars` are the codes and dates of the decision, as its entry has them; `deadline` is the new one, where the
-- decision moves it. The rules of the table decide what is possible in which state.
create function dsr.decide(
    of_request bigint, made text, particulars jsonb, checked_by text, to_answer_by date, to_latest_lawful date, steps json,
    because text, under_ticket text, by_operator json
) returns table (state text, waiting_for text)
    language plpgsql
    security definer
as $$
#variable_conflict use_column
declare
    r dsr.subject_requests;
begin
    perform dsr.take_lock('gates');
    select q.* into r from dsr.subject_requests q where q.id = of_request and q.notice_by is not null for no key update;
    if not found then
        raise exception using errcode = 'no_data_found', message = 'there is no such request';
    end if;
    if made in ('identity_checked', 'extended', 'suspended', 'resumed') and dsr.is_closed(r.state) and r.state <> 'failed'
       or r.state = 'running' and made not in ('identity_checked', 'extended') then
        raise exception using errcode = 'check_violation', constraint = 'decision_is_possible',
            message = format('%s is not possible while the request is %s', made, r.state);
    end if;
    case made
        when 'identity_checked' then
            perform dsr.refuse_text('identity_checked_by', checked_by, 200);
            update dsr.subject_requests q set
                identity_method = particulars ->> 'method', identity_checked_by = checked_by,
                identity_checked_at = clock_timestamp()
            where q.id = of_request;
            perform dsr.answer(of_request, 'identity', dsr.today(r.time_zone));
        when 'extended' then
            update dsr.subject_requests q set extension_told_on = (particulars ->> 'told_on')::date where q.id = of_request;
        when 'refused' then
            update dsr.subject_requests q set
                state = 'refused', waiting_for = null, not_before = null, refusal_ground = particulars ->> 'ground',
                refusal_told_on = (particulars ->> 'told_on')::date, reason = particulars ->> 'reason',
                finished_at = case when q.state = 'refused' then q.finished_at else clock_timestamp() end
            where q.id = of_request;
        when 'reopened' then
            -- An approval was of the request before it was refused, so it does not outlast the refusal.
            update dsr.subject_requests q set
                state = 'pending', finished_at = null, outcome = null, reason = null, refusal_ground = null,
                not_before = null, approved_by = null, approved_at = null, approved_content = null
            where q.id = of_request;
        when 'cancelled' then
            update dsr.subject_requests q set
                state = 'cancelled', waiting_for = null, not_before = null, reason = 'Withdrawn.',
                finished_at = clock_timestamp()
            where q.id = of_request;
        when 'retried' then
            -- Its failures are forgotten, since an operator has looked at it.
            update dsr.subject_requests q set
                state = 'pending', finished_at = null, not_before = null, failures = 0, outcome = null, reason = null
            where q.id = of_request;
        when 'suspended' then
            insert into dsr.suspensions (request_id, cause, asked_on)
            values (of_request, particulars ->> 'cause', (particulars ->> 'asked_on')::date);
            update dsr.subject_requests q set needs_identity = true
            where q.id = of_request and particulars ->> 'cause' = 'identity' and not q.needs_identity;
        when 'resumed' then
            perform dsr.answer(of_request, particulars ->> 'cause', (particulars ->> 'answered_on')::date);
        else
            raise exception using errcode = 'check_violation', constraint = 'decision_is_known',
                message = 'there is no such decision';
    end case;
    if to_answer_by is not null then
        update dsr.subject_requests q set answer_by = to_answer_by, latest_lawful = to_latest_lawful, deadline = steps
        where q.id = of_request;
    end if;
    return query select * from dsr.conclude(
        of_request, made, (particulars - 'reason') || jsonb_build_object('answer_by', to_answer_by), because, under_ticket, by_operator);
end
$$;

-- Ends a suspension, where there is one.
create function dsr.answer(of_request bigint, of_cause text, on_date date) returns void
    language sql
as $$
    update dsr.suspensions set answered_on = greatest(on_date, asked_on)
    where request_id = of_request and cause = of_cause and answered_on is null
$$;

-- MARK: Legal holds

-- Places a hold on a customer, or sets the review date of one that is there with the same ground, source of law and last day.
-- After its commit no deletion of the customer's data is announced.
--
-- Returns the hold, whether it was there, and the open erasures of the customer: `open` waits now, `claimed` will not be
-- sent, and the deletion of `announced` may have been carried out.
create function dsr.place_hold(
    of_subject text, digest bytea, key_id bytea, on_ground text, by_law text, to_review date, until date,
    because text, under_ticket text, by_operator json
) returns table (hold bigint, existed boolean, erasures bigint[], progress text[])
    language plpgsql
    security definer
as $$
declare
    reviewed date;
    event    text;
    open     bigint[];
begin
    perform dsr.take_lock('gates');
    select h.id, h.review_on into hold, reviewed from dsr.legal_holds h
    where h.subject_digest = digest and h.ground = on_ground and h.source_of_law = by_law
      and h.expires_on is not distinct from until and h.released_at is null
    for update;
    existed := hold is not null;
    if not existed then
        insert into dsr.legal_holds
            (subject_digest, subject_key_id, ground, source_of_law, placed_by, review_on, expires_on)
        values (digest, key_id, on_ground, by_law, by_operator ->> 'actor', to_review, until)
        returning id into hold;
    elsif reviewed <> to_review then
        update dsr.legal_holds h set review_on = to_review where h.id = hold;
    end if;
    if reviewed is distinct from to_review then
        event := case when existed then 'reviewed' else 'held' end;
        if of_subject is not null and dsr.names_subject(concat_ws(' ', because, by_law), of_subject) then
            raise exception using errcode = 'check_violation', constraint = 'decision_names_no_customer',
                message = 'the reason or the source of law contains the integration_id',
                hint = 'Give them without naming the customer.';
        end if;
        perform dsr.refuse_ticket(under_ticket, of_subject);
        perform dsr.remember(null, hold, event, because, under_ticket, by_operator);
        perform dsr.log_hold(hold, event, under_ticket, by_operator);
    end if;
    -- Requests that were admitted without the key, or under another one, are compared from now on.
    perform dsr.set_digests(null, array[r.id], array[digest], key_id, by_operator)
    from dsr.subject_requests r
    where r.integration_id = of_subject and r.admitted_at is not null and r.state in ('pending', 'waiting', 'running')
      and r.subject_key_id is distinct from key_id;
    select array_agg(r.id order by r.id),
           array_agg(case
               when r.state <> 'running' then 'open'
               when exists (
                   select from dsr.evidence_leaves l
                   where l.request_id = r.id and l.claim_no = r.claim_no and l.action = any (dsr.deletions()))
               then 'announced' else 'claimed' end order by r.id),
           array_agg(r.id)
    into erasures, progress, open
    from dsr.subject_requests r
    where r.integration_id = of_subject and r.admitted_at is not null and r.state in ('pending', 'waiting', 'running')
      and r.kind = 'erasure';
    perform dsr.check_gates(open, null, by_operator, false);
    return next;
end
$$;

-- Appends an entry about a hold.
create function dsr.log_hold(of_hold bigint, event text, under_ticket text, by_operator json) returns void
    language sql
as $$
    select dsr.append_evidence(
        json_build_array(dsr.leaf(event, jsonb_build_object(
            'hold', h.id, 'ground', 'art17_3_' || h.ground, 'review_on', h.review_on,
            'digest', dsr.digest_hash(h.subject_key_id, h.subject_digest), 'ticket', under_ticket))),
        null, by_operator)
    from dsr.legal_holds h
    where h.id = of_hold
$$;

-- Releases a hold; requests that only this hold held back return to the queue. Idempotent. Returns whether it was released
-- before, and the number of requests that are ready now; no row where there is no such hold.
create function dsr.release_hold(of_hold bigint, because text, under_ticket text, by_operator json)
    returns table (was_released boolean, ready bigint)
    language plpgsql
    security definer
as $$
begin
    perform dsr.take_lock('gates');
    select h.released_at is not null, 0 into was_released, ready from dsr.legal_holds h where h.id = of_hold for update;
    if not found then
        return;
    end if;
    if not was_released then
        update dsr.legal_holds h set released_at = clock_timestamp(), released_by = by_operator ->> 'actor'
        where h.id = of_hold;
        perform dsr.remember(null, of_hold, 'released', because, under_ticket, by_operator);
        perform dsr.log_hold(of_hold, 'released', under_ticket, by_operator);
        select c.opened into ready from dsr.check_gates(
            array(select r.id from dsr.subject_requests r
                  where r.state = 'waiting' and r.waiting_for in ('legal_hold', 'hold_uncertain')),
            null, by_operator, false) c;
    end if;
    return next;
end
$$;

-- MARK: Repeated erasures

-- Queues another erasure of each customer who was erased since an instant, from their identifiers and the digests of these,
-- one for each key. The oldest erasure of each subject is repeated, so that the function is idempotent.
--
-- Returns the customers who were erased, and the erasures that are queued now.
create function dsr.queue_replays(
    digests bytea[], ids text[], of_instant timestamptz, under_ticket text, by_requester text, by_submitter text
) returns table (matched bigint, queued bigint)
    language sql
    security definer
as $$
    with erased as materialized (
        select distinct on (r.subject_digest) r.id, g.integration_id
        from unnest(digests, ids) as g (digest, integration_id)
        join dsr.subject_requests r on r.subject_digest = g.digest
        where r.kind = 'erasure' and r.outcome in ('erased', 'record_remains', 'already_absent') and r.finished_at >= of_instant
        order by r.subject_digest, r.id
    ), queued as (
        insert into dsr.subject_requests
            (kind, integration_id, ticket, requested_by, submitted_by, channel, replay_of, replay_since)
        select 'erasure', e.integration_id, under_ticket, by_requester, by_submitter, 'replay', e.id, of_instant from erased e
        on conflict (replay_of, replay_since) where replay_of is not null do nothing
        returning id
    )
    select (select count(*) from erased), (select count(*) from queued)
$$;

-- Closes an incident and deletes the identifier; queues another erasure of the customer first where that is asked for.
--
-- Returns `not_found`, `unchanged`, `subject_gone` or `closed`, and the erasure.
create function dsr.close_incident(
    of_incident bigint, erasing boolean, because text, under_ticket text, by_operator json
) returns table (result text, erasure bigint)
    language plpgsql
    security definer
as $$
declare
    incident dsr.incidents;
begin
    select i.* into incident from dsr.incidents i where i.id = of_incident for update;
    result := case when not found then 'not_found' when incident.closed_at is not null then 'unchanged' else 'closed' end;
    if result = 'closed' and erasing then
        insert into dsr.subject_requests (kind, integration_id, ticket, requested_by, submitted_by, channel)
        select 'erasure', c.integration_id, under_ticket, by_operator ->> 'actor', by_operator ->> 'actor', 'incident'
        from dsr.rechecks c where c.request_id = incident.request_id and c.integration_id is not null
        returning id into erasure;
        if erasure is null then
            result := 'subject_gone';
        end if;
    end if;
    if result = 'closed' then
        update dsr.incidents i set
            closed_at = clock_timestamp(), closed_by = by_operator ->> 'actor', erased_by = erasure
        where i.id = of_incident;
        update dsr.rechecks set integration_id = null where request_id = incident.request_id;
        perform dsr.remember(incident.request_id, null, 'incident_closed', because, under_ticket, by_operator);
        perform dsr.append_evidence(
            json_build_array(dsr.leaf(
                'incident_closed', jsonb_build_object('ticket', under_ticket), incident.request_id)),
            null, by_operator);
    end if;
    return next;
end
$$;

-- MARK: The owner

-- Moves the queue to another deployment, where no run is at work. Returns the run that is; null where it was moved.
create function dsr.repin(to_environment text, to_host text, what text, under_ticket text, by_operator json) returns bigint
    language plpgsql
    security definer
as $$
declare
    at_work bigint;
begin
    perform from dsr.deployment for update;
    select r.id into at_work from dsr.runs r
    where r.ended_at is null and r.lease_until > clock_timestamp() order by r.id limit 1;
    if at_work is null then
        update dsr.deployment set
            environment = to_environment, host = to_host, pinned_at = clock_timestamp(), customer_known_at = null;
        perform dsr.append_evidence(
            json_build_array(dsr.leaf('repinned', jsonb_build_object('reason', what, 'ticket', under_ticket))),
            null, by_operator);
    end if;
    return at_work;
end
$$;

-- Appends the entries of an adopted break, and marks the checkpoints whose files are lost. Returns the index of the first
-- of the entries.
create function dsr.adopt(breaks text[], under_ticket text, lost bigint[], by_operator json) returns bigint
    language plpgsql
    security definer
as $$
declare
    first_index bigint;
begin
    perform dsr.refuse_ticket(under_ticket, null);
    select dsr.append_evidence(
        json_agg(dsr.leaf('adopted', jsonb_build_object('log', b.log::jsonb, 'ticket', under_ticket)) order by b.ordinal),
        null, by_operator) - cardinality(breaks)
    into first_index
    from unnest(breaks) with ordinality as b (log, ordinal);
    update dsr.evidence_checkpoints c set lost_by = first_index where c.size = any (lost) and c.lost_by is null;
    return first_index;
end
$$;

-- Appends the entry that the log's key was replaced.
create function dsr.replace_key(keys text, cause text, under_ticket text, by_operator json) returns void
    language plpgsql
    security definer
as $$
begin
    perform dsr.refuse_ticket(under_ticket, null);
    perform dsr.append_evidence(
        json_build_array(dsr.leaf(
            'key_replaced', jsonb_build_object('cause', cause, 'ticket', under_ticket, 'log', keys::jsonb))),
        null, by_operator);
end
$$;
