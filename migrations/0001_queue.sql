-- The queue and its history. One row is one data subject request: one person, one right.
--
-- The table is the interface: any system may insert a row with a kind and an integration_id, and all else
-- has a default. What can never be right is refused at the door, with a sentence that says what would be.

create table dsr.runs (
    id            bigint      generated always as identity primary key,
    host          text        not null,
    pid           integer     not null,
    version       text        not null,
    environment   text        not null check (environment in ('live', 'sandbox')),
    actor         text        not null,
    started_at    timestamptz not null default clock_timestamp(),
    -- Renewed by the run's heartbeat, always on this database's clock. A run whose lease has passed may not
    -- claim, and any other run may return its rows to the queue.
    lease_until   timestamptz not null,
    ended_at      timestamptz,
    end_reason    text,
    counts        json,
    check ((ended_at is null) = (end_reason is null))
);

create index runs_open on dsr.runs (lease_until) where ended_at is null;

create table dsr.subject_requests (
    id                 bigint      generated always as identity primary key,
    kind               text        not null,
    -- The person as Talon.One knows them. May be an e-mail address. Cleared once an erasure is final.
    integration_id     text,
    state              text        not null default 'pending'
        check (state in ('pending', 'waiting', 'running', 'completed', 'refused', 'failed')),
    waiting_for        text,
    received_at        timestamptz not null default now(),
    inserted_at        timestamptz not null default now(),
    admitted_at        timestamptz,
    -- Civil days of the controller's time zone.
    answer_by          date,
    latest_lawful      date,
    ticket             text,
    requested_by       text,
    channel            text,
    -- Rectification only: attribute names and their new values, null clears.
    changes            jsonb,
    -- SHA-256(salt ‖ integration_id): what the evidence says of the person.
    subject_commitment bytea,
    -- HMAC-SHA256 of integration_id under a key outside the database: finds a person's requests again for whoever
    -- has the key and the identifier, after the identifier is gone from here.
    subject_digest     bytea       check (octet_length(subject_digest) = 32),
    -- Grows with each claim and never falls: a result is accepted only under the number it was claimed with.
    claim_no           integer     not null default 0,
    failures           integer     not null default 0,
    not_before         timestamptz,
    -- An erasure call of an earlier claim may have been carried out without an answer.
    may_have_acted     boolean     not null default false,
    -- The run that holds the row, or held it last.
    run_id             bigint      references dsr.runs,
    outcome            text,
    reason             text,
    finished_at        timestamptz,

    constraint waiting_says_for_what   check ((state = 'waiting') = (waiting_for is not null)),
    constraint running_has_a_run       check (state <> 'running' or run_id is not null),
    constraint final_has_an_end        check ((state in ('completed', 'refused', 'failed')) = (finished_at is not null)),
    constraint completed_has_outcome   check (state <> 'completed' or outcome is not null),
    constraint unfinished_has_subject  check (state in ('completed', 'refused', 'failed') or integration_id is not null)
);

-- New rows, in the order of their arrival.
create index subject_requests_new on dsr.subject_requests (id) where state = 'pending' and admitted_at is null;

-- Claimable rows, earliest deadline first; the claim walks it with a keyset cursor.
create index subject_requests_claimable on dsr.subject_requests (answer_by, id)
    where state = 'pending' and admitted_at is not null;

create index subject_requests_waiting on dsr.subject_requests (id) where state = 'waiting';

-- A hash index, because an id of 1,000 characters may be 4,000 bytes and a B-tree entry may not.
create index subject_requests_subject on dsr.subject_requests using hash (integration_id)
    where integration_id is not null;

create index subject_requests_digest on dsr.subject_requests (subject_digest) where subject_digest is not null;

-- There is no index on running rows on purpose: the planner takes such an index for empty, and makes every
-- completion walk the dead entries of the night.

comment on table dsr.subject_requests is
    'Data subject requests: insert a kind (access, portability, rectification, erasure) and an integration_id.';

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
            new.waiting_for, new.admitted_at, new.answer_by, new.latest_lawful, new.subject_commitment,
            new.subject_digest, new.not_before, new.run_id, new.outcome, new.reason, new.finished_at) > 0 then
        raise exception using errcode = 'check_violation', constraint = 'new_request_is_pending',
            message = 'a new request is pending and has no result',
            hint = 'Give kind and integration_id; and, where they are known, received_at, ticket, requested_by, channel and changes.';
    end if;
    return new;
end
$$;

create trigger check_new_request before insert on dsr.subject_requests
    for each row execute function dsr.check_new_request();

-- Whether another request of the same person must be answered first. One person's requests are worked one
-- after another: what they want to see or put right before what they want gone, and then in the order they
-- came. An access or portability that failed holds the erasure back too, since erasing would make it
-- unanswerable for good.
create function dsr.must_wait(request dsr.subject_requests) returns boolean
    language sql stable
as $$
    select exists (
        select from dsr.subject_requests other
        where other.integration_id = request.integration_id
          and other.id <> request.id
          and (
              other.state = 'running'
              or (other.state in ('pending', 'waiting')
                  and (other.kind = 'erasure', other.id) < (request.kind = 'erasure', request.id))
              or (other.state = 'failed'
                  and other.kind in ('access', 'portability') and request.kind = 'erasure')
          )
    )
$$;

-- The salts of the subject commitments stand apart, so that deleting one makes the evidence of a request
-- impossible to connect with the person, and leaves the evidence itself as it was hashed.
create table dsr.request_salts (
    request_id bigint primary key references dsr.subject_requests,
    salt       bytea  not null check (octet_length(salt) = 32)
);

-- Documents for people. They commit together with the result they tell of, and are written to files later.
create table dsr.reports (
    id           bigint      generated always as identity primary key,
    request_id   bigint      references dsr.subject_requests,
    run_id       bigint      not null references dsr.runs,
    file_name    text        not null unique,
    media_type   text        not null,
    sha256       bytea       not null check (octet_length(sha256) = 32),
    byte_count   bigint      not null,
    -- Dropped once the person is erased; the row stays and says what there was.
    content      bytea,
    created_at   timestamptz not null default now(),
    delivered_at timestamptz,
    expires_at   timestamptz
);

create index reports_undelivered on dsr.reports (id) where delivered_at is null and content is not null;
create index reports_of_request on dsr.reports (request_id);

-- Kept against erasures (Art. 17(3)); the person by keyed digest only.
create table dsr.legal_holds (
    id             bigint      generated always as identity primary key,
    subject_digest bytea       not null check (octet_length(subject_digest) = 32),
    ground         text        not null check (ground in ('a', 'b', 'c', 'd', 'e')),
    source_of_law  text        not null,
    placed_by      text        not null,
    placed_at      timestamptz not null default now(),
    review_on      date        not null,
    released_at    timestamptz,
    released_by    text
);
