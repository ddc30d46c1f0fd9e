-- What must be so before a request is worked, and what may become of it by whose hand. The rules stand here and not in
-- the program, so that a change made by SQL meets them too.

-- Kept against erasures (Art. 17(3) GDPR); the person by keyed digest only.
create table dsr.legal_holds (
    id             bigint      generated always as identity primary key,
    subject_digest bytea       not null check (octet_length(subject_digest) = 32),
    -- The key of the digest. A request whose digest is of another key cannot be compared, and is not erased.
    subject_key_id bytea       not null check (octet_length(subject_key_id) = 8),
    -- The letter of Art. 17(3), and the rule that it rests on, as in 'section 147 AO'.
    ground         text        not null check (ground in ('a', 'b', 'c', 'd', 'e')),
    source_of_law  text        not null check (char_length(source_of_law) between 1 and 200),
    placed_by      text        not null,
    placed_at      timestamptz not null default clock_timestamp(),
    -- The day on which somebody must ask whether the hold is still right. It goes on until it is released or expires.
    review_on      date        not null,
    -- The last day of the hold, where the law gives one.
    expires_on     date,
    released_by    text,
    released_at    timestamptz,
    check ((released_at is null) = (released_by is null))
);

create index legal_holds_of_subject on dsr.legal_holds (subject_digest) where released_at is null;

-- The intervals in which the controller waited for the person's answer.
create table dsr.suspensions (
    id          bigint generated always as identity primary key,
    request_id  bigint not null references dsr.subject_requests,
    cause       text   not null check (cause in ('identity', 'clarification')),
    asked_on    date   not null,
    answered_on date   check (answered_on >= asked_on)
);

-- One open interval of a cause: a question that is still open is not asked twice.
create unique index suspensions_open on dsr.suspensions (request_id, cause) where answered_on is null;
create index suspensions_of_request on dsr.suspensions (request_id);

-- What people decided about requests and holds, and why. The evidence has the ticket; the reason, being free text, is
-- only here, and is dropped with the person.
create table dsr.decisions (
    id         bigint      generated always as identity primary key,
    request_id bigint      references dsr.subject_requests,
    hold_id    bigint      references dsr.legal_holds,
    decision   text        not null,
    reason     text        check (char_length(reason) between 1 and 500),
    ticket     text,
    actor      text        not null,
    made_at    timestamptz not null default clock_timestamp()
);

create index decisions_of_request on dsr.decisions (request_id) where request_id is not null;

-- MARK: Gates

create function dsr.today(zone text) returns date
    language sql stable
as $$
    select (clock_timestamp() at time zone coalesce(zone, 'UTC'))::date
$$;

-- Why another request of the same person must be answered first; null where none must. One person's requests are
-- worked one after another: what they want to see or put right before what they want gone, and then in the order they
-- came. An access or portability that failed holds the erasure back too, since erasing would make it unanswerable for
-- good. A request of which nobody knows yet who sent it holds back nobody's.
create function dsr.held_back_by(request dsr.subject_requests) returns text
    language sql stable
as $$
    select case when bool_or(other.state <> 'failed') then 'older_request'
                when count(*) > 0 then 'failed_request' end
    from dsr.subject_requests other
    where other.integration_id = request.integration_id
      and other.id <> request.id
      and (
          other.state = 'running'
          or (other.state in ('pending', 'waiting')
              and (other.kind = 'erasure', other.id) < (request.kind = 'erasure', request.id)
              and not (other.needs_identity and other.identity_checked_at is null))
          or (other.state = 'failed' and other.kind in ('access', 'portability') and request.kind = 'erasure')
      )
$$;

-- What an approval is of. Salted like the evidence's commitment, so that it tells nothing by itself.
create function dsr.content_digest(request dsr.subject_requests) returns bytea
    language sql stable
as $$
    select sha256(s.salt || convert_to(
        concat_ws(E'\n', request.kind, request.integration_id, request.changes::text), 'UTF8'))
    from dsr.request_salts s
    where s.request_id = request.id
$$;

-- The gates that are closed for a request, the first of them first; none where it may be worked. Asked at admission,
-- by the claim, and once more before each call that changes data.
create function dsr.closed_gates(request dsr.subject_requests) returns text[]
    language plpgsql stable
as $$
declare
    closed text[] := '{}';
begin
    if request.needs_identity and request.identity_checked_at is null then
        closed := closed || 'identity'::text;
    end if;
    if exists (select from dsr.suspensions s
               where s.request_id = request.id and s.cause = 'clarification' and s.answered_on is null) then
        closed := closed || 'clarification'::text;
    end if;
    closed := array_remove(closed || dsr.held_back_by(request), null);
    if request.kind <> 'erasure' then
        return closed;
    end if;
    if request.needs_approval and request.approved_content is distinct from dsr.content_digest(request) then
        closed := closed || 'approval'::text;
    end if;
    if exists (select from dsr.legal_holds h
               where h.subject_digest = request.subject_digest and h.released_at is null
                 and (h.expires_on is null or h.expires_on >= dsr.today(request.time_zone))) then
        closed := closed || 'legal_hold'::text;
    elsif exists (select from dsr.legal_holds h
                  where h.subject_key_id is distinct from request.subject_key_id and h.released_at is null
                    and (h.expires_on is null or h.expires_on >= dsr.today(request.time_zone))) then
        closed := closed || 'hold_uncertain'::text;
    end if;
    if request.not_erased_before > dsr.today(request.time_zone) then
        closed := closed || 'waiting_period'::text;
    end if;
    return closed;
end
$$;

-- MARK: The door

create function dsr.check_new_request() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    if new.kind not in ('access', 'portability', 'rectification', 'erasure') then
        raise exception using errcode = 'check_violation', constraint = 'kind_is_known',
            message = 'unknown kind of request',
            hint = 'kind is one of: access, portability, rectification, erasure';
    end if;
    if new.integration_id is null or new.integration_id in ('', '.', '..') then
        raise exception using errcode = 'check_violation', constraint = 'integration_id_is_addressable',
            message = 'integration_id must not be empty, "." or ".."',
            hint = 'Give the integrationId under which Talon.One knows the person; these three cannot be addressed.';
    end if;
    if char_length(new.integration_id) > 1000 then
        raise exception using errcode = 'check_violation', constraint = 'integration_id_is_addressable',
            message = 'integration_id is longer than 1,000 characters',
            hint = 'Talon.One knows no integrationId of more than 1,000 characters.';
    end if;
    if new.received_at > clock_timestamp() + interval '5 minutes' then
        raise exception using errcode = 'check_violation', constraint = 'received_at_is_past',
            message = 'received_at lies in the future',
            hint = 'received_at is the instant at which the request reached the controller; leave it out for now.';
    end if;
    if new.received_at < 'epoch' then
        raise exception using errcode = 'check_violation', constraint = 'received_at_is_plausible',
            message = 'received_at lies before 1970',
            hint = 'received_at is the instant at which the request reached the controller; leave it out for now.';
    end if;
    if new.kind = 'rectification' and (new.changes is null or jsonb_typeof(new.changes) <> 'object'
                                       or new.changes = '{}'::jsonb) then
        raise exception using errcode = 'check_violation', constraint = 'rectification_has_changes',
            message = 'a rectification needs changes',
            hint = 'changes is a JSON object of attribute names and new values; null clears an attribute.';
    end if;
    if new.kind <> 'rectification' and new.changes is not null then
        raise exception using errcode = 'check_violation', constraint = 'only_rectification_has_changes',
            message = 'only a rectification has changes',
            hint = 'Leave changes out, or insert the row with kind rectification.';
    end if;
    -- The ticket stands in the evidence, which outlives the person's data.
    if new.ticket is not null and new.ticket !~ '^[A-Za-z0-9][A-Za-z0-9._:/#-]{0,99}$' then
        raise exception using errcode = 'check_violation', constraint = 'ticket_is_a_reference',
            message = 'ticket is not a reference of up to 100 letters, digits and . _ : / # -',
            hint = 'The ticket is kept in the evidence for good: give its number, no name and no address.';
    end if;
    if char_length(new.integration_id) >= 4 and position(new.integration_id in new.ticket) > 0 then
        raise exception using errcode = 'check_violation', constraint = 'ticket_is_a_reference',
            message = 'ticket contains the integration_id',
            hint = 'The ticket is kept in the evidence for good, and the evidence must not name the person.';
    end if;
    if new.state <> 'pending' or new.claim_no <> 0 or new.failures <> 0 or new.may_have_acted
        or num_nonnulls(
            new.waiting_for, new.admitted_at, new.time_zone, new.notice_by, new.answer_by, new.latest_lawful, new.deadline,
            new.extension_told_on, new.identity_checked_at, new.approved_at, new.not_erased_before,
            new.subject_commitment, new.subject_digest, new.subject_key_id, new.not_before, new.run_id, new.outcome,
            new.reason, new.finished_at, new.refusal_ground, new.refusal_told_on) > 0 then
        raise exception using errcode = 'check_violation', constraint = 'new_request_is_pending',
            message = 'a new request is pending and has no result',
            hint = 'Give kind and integration_id; and, where they are known, received_at, ticket, requested_by, channel, '
                'needs_identity and changes.';
    end if;
    return new;
end
$$;

create trigger check_new_request before insert on dsr.subject_requests
    for each row execute function dsr.check_new_request();

-- MARK: Changes

-- What a request may become. Completed, refused and cancelled are the end; the README has the picture.
create function dsr.may_become(before text, after text) returns boolean
    language sql immutable
as $$
    select (before, after) in (
        ('pending', 'waiting'), ('pending', 'running'), ('pending', 'refused'), ('pending', 'cancelled'),
        ('waiting', 'pending'), ('waiting', 'refused'), ('waiting', 'cancelled'),
        ('running', 'pending'), ('running', 'completed'), ('running', 'refused'), ('running', 'failed'),
        ('failed', 'pending'), ('failed', 'refused'), ('failed', 'cancelled')
    )
$$;

create function dsr.check_changed_request() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    if new.state <> old.state and not dsr.may_become(old.state, new.state) then
        raise exception using errcode = 'check_violation', constraint = 'state_may_change',
            message = format('a request that is %s cannot become %s', old.state, new.state),
            hint = coalesce(
                (select 'It can become ' || string_agg(s, ', ') || '.'
                 from unnest(array['pending', 'waiting', 'running', 'completed', 'refused', 'cancelled', 'failed']) s
                 where dsr.may_become(old.state, s)),
                'That is its end. Insert a new request.');
    end if;

    -- The evidence has committed to what was admitted.
    if old.admitted_at is not null and (
        new.kind <> old.kind or new.received_at <> old.received_at or new.admitted_at is distinct from old.admitted_at
        or new.integration_id <> old.integration_id or new.changes <> old.changes
        or new.replay_of is distinct from old.replay_of
        -- Whoever asked may have been the person, and is forgotten with them.
        or (new.requested_by is distinct from old.requested_by and num_nonnulls(new.requested_by, new.integration_id) > 0)
    ) then
        raise exception using errcode = 'check_violation', constraint = 'admitted_content_stays',
            message = 'what an admitted request asks for, and of whom, does not change',
            hint = 'Cancel it, and insert another.';
    end if;
    if new.claim_no <> old.claim_no + (old.state = 'pending' and new.state = 'running')::int then
        raise exception using errcode = 'check_violation', constraint = 'claims_are_counted',
            message = 'claim_no counts the claims, and nothing else';
    end if;
    if old.state in ('completed', 'refused', 'cancelled')
       and (new.outcome, new.finished_at, new.refusal_ground) is distinct from
           (old.outcome, old.finished_at, old.refusal_ground) then
        raise exception using errcode = 'check_violation', constraint = 'the_end_stays',
            message = format('how a request ended does not change, and this one is %s', old.state);
    end if;

    -- Gates open by their key, not by a stroke of the pen.
    if (old.needs_identity and not new.needs_identity) or (old.needs_approval and not new.needs_approval)
       or new.not_erased_before < old.not_erased_before or num_nonnulls(old.not_erased_before) > num_nonnulls(new.not_erased_before)
    then
        raise exception using errcode = 'check_violation', constraint = 'gates_are_not_removed',
            message = 'a gate that a request has is not taken away',
            hint = 'Check the identity (dsr requests verify), approve the erasure (dsr requests approve), or wait.';
    end if;
    if new.approved_by is not null
       and (new.approved_by, new.approved_at, new.approved_content) is distinct from
           (old.approved_by, old.approved_at, old.approved_content) then
        if new.kind <> 'erasure' or new.admitted_at is null or new.state not in ('pending', 'waiting') then
            raise exception using errcode = 'check_violation', constraint = 'approval_is_of_an_open_erasure',
                message = 'only an erasure that is admitted and open is approved';
        end if;
        if lower(btrim(new.approved_by)) = lower(btrim(new.requested_by)) then
            raise exception using errcode = 'check_violation', constraint = 'approval_takes_two',
                message = 'an erasure is not approved by who requested it';
        end if;
        new.approved_at := clock_timestamp();
        new.approved_content := dsr.content_digest(new);
    end if;
    if new.extension_told_on is distinct from old.extension_told_on
       and (old.extension_told_on is not null or new.extension_told_on is null or new.notice_by is null
            or new.extension_told_on > new.notice_by or dsr.today(new.time_zone) > new.notice_by) then
        raise exception using errcode = 'check_violation', constraint = 'extension_is_told_in_the_first_month',
            message = 'a period is extended once, and the person is told within one month of receipt',
            hint = 'Art. 12(3) GDPR.';
    end if;
    if new.state in ('refused', 'cancelled') and new.state <> old.state then
        -- A row that can never be worked is refused by admission or its run, without a ground.
        if new.state = 'refused' and new.refusal_ground is null
           and (old.state in ('waiting', 'failed') or old.state = 'pending' and old.admitted_at is not null) then
            raise exception using errcode = 'check_violation', constraint = 'refusal_has_a_ground',
                message = 'a refusal has a ground (Art. 12(4) GDPR)';
        end if;
        if old.may_have_acted then
            raise exception using errcode = 'check_violation', constraint = 'no_refusal_of_what_may_be_done',
                message = 'the erasure may have been carried out already, so it is neither refused nor cancelled',
                hint = 'Let a run find out first.';
        end if;
    end if;
    return new;
end
$$;

create trigger check_changed_request before update on dsr.subject_requests
    for each row execute function dsr.check_changed_request();

-- A hold is placed, looked at again, and released; nothing else about it changes, and it is never taken away.
create function dsr.check_changed_hold() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op <> 'UPDATE' or old.released_at is not null
       or (new.id, new.subject_digest, new.subject_key_id, new.ground, new.source_of_law, new.placed_by, new.placed_at,
           new.expires_on) is distinct from
          (old.id, old.subject_digest, old.subject_key_id, old.ground, old.source_of_law, old.placed_by, old.placed_at,
           old.expires_on) then
        raise exception using errcode = 'check_violation', constraint = 'holds_are_only_released',
            message = 'a legal hold is released or reviewed, and not changed otherwise';
    end if;
    return new;
end
$$;

create trigger check_changed_hold before update or delete on dsr.legal_holds
    for each row execute function dsr.check_changed_hold();

-- The reason is free text. It is for people who work on the request, and must not name the person to them.
create function dsr.check_decision() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    if num_nonnulls(new.reason, new.ticket) = 0 then
        raise exception using errcode = 'check_violation', constraint = 'decision_has_a_reason',
            message = 'a decision needs a reason or a ticket';
    end if;
    if new.ticket !~ '^[A-Za-z0-9][A-Za-z0-9._:/#-]{0,99}$' then
        raise exception using errcode = 'check_violation', constraint = 'ticket_is_a_reference',
            message = 'ticket is not a reference of up to 100 letters, digits and . _ : / # -',
            hint = 'The ticket is kept in the evidence for good: give its number, no name and no address.';
    end if;
    if exists (select from dsr.subject_requests r
               where r.id = new.request_id and char_length(r.integration_id) >= 4
                 and position(lower(r.integration_id) in lower(concat_ws(E'\n', new.reason, new.ticket))) > 0) then
        raise exception using errcode = 'check_violation', constraint = 'decision_names_nobody',
            message = 'the reason or the ticket contains the integration_id',
            hint = 'Say why, and not who.';
    end if;
    return new;
end
$$;

create trigger check_decision before insert on dsr.decisions
    for each row execute function dsr.check_decision();
