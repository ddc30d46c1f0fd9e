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
    -- What it was started for: the whole queue, one request, or erasures to be repeated.
    scope         text        not null default 'all' check (scope in ('all', 'one', 'replays')),
    started_at    timestamptz not null default clock_timestamp(),
    -- Renewed by the run's heartbeat, always on this database's clock. A run whose lease has passed may not
    -- claim, and any other run may return its rows to the queue.
    lease_until   timestamptz not null,
    ended_at      timestamptz,
    end_reason    text,
    counts        json,
    -- Erasures that were carried out, and whether a brake held others back: what later runs are measured by.
    erasures      integer     not null default 0,
    was_braked    boolean     not null default false,
    check ((ended_at is null) = (end_reason is null))
);

create index runs_open on dsr.runs (lease_until) where ended_at is null;

create table dsr.subject_requests (
    id                 bigint      generated always as identity primary key,
    kind               text        not null,
    -- The person as Talon.One knows them. May be an e-mail address. Cleared once an erasure is final.
    integration_id     text,
    state              text        not null default 'pending'
        check (state in ('pending', 'waiting', 'running', 'completed', 'refused', 'cancelled', 'failed')),
    -- The gate that is closed; see dsr.closed_gates.
    waiting_for        text,
    received_at        timestamptz not null default now(),
    inserted_at        timestamptz not null default now(),
    admitted_at        timestamptz,
    -- The days of the law, civil days of the time zone that was the controller's at admission: until when the person
    -- can be told of an extension or a refusal, when to answer, what can be defended, and each step of the count.
    time_zone          text,
    notice_by          date,
    answer_by          date,
    latest_lawful      date,
    deadline           json,
    -- The day on which the person was told that it takes two months more (Art. 12(3) GDPR).
    extension_told_on  date,
    ticket             text,
    requested_by       text        default session_user,
    channel            text,
    -- Only once somebody has made sure who asks (Art. 12(6) GDPR). Who checked, how and when; never a document.
    needs_identity     boolean     not null default false,
    identity_method    text        check (identity_method in (
        'account_login', 'email_confirmed', 'called_back', 'known_secret', 'document_shown', 'in_person')),
    identity_checked_by text,
    identity_checked_at timestamptz,
    -- Only once somebody other than the requester has approved it. The approval is of a content; see dsr.content_digest.
    needs_approval     boolean     not null default false,
    approved_by        text,
    approved_at        timestamptz,
    approved_content   bytea,
    -- An erasure may be thought over until then.
    not_erased_before  date,
    -- Rectification only: attribute names and their new values, null clears.
    changes            jsonb,
    -- SHA-256(salt ‖ integration_id): what the evidence says of the person.
    subject_commitment bytea,
    -- HMAC-SHA256 of integration_id under a key outside the database: finds a person's requests again for whoever
    -- has the key and the identifier, after the identifier is gone from here.
    subject_digest     bytea       check (octet_length(subject_digest) = 32),
    -- Which key that was, so that digests of two keys are never taken for two persons.
    subject_key_id     bytea       check (octet_length(subject_key_id) = 8),
    -- Grows with each claim and never falls: a result is accepted only under the number it was claimed with.
    claim_no           integer     not null default 0,
    failures           integer     not null default 0,
    -- Runs that died while they worked it, since the last that did not.
    losses             integer     not null default 0,
    not_before         timestamptz,
    -- An erasure call of an earlier claim may have been carried out without an answer.
    may_have_acted     boolean     not null default false,
    -- The run that holds the row, or held it last.
    run_id             bigint      references dsr.runs,
    outcome            text,
    reason             text,
    finished_at        timestamptz,
    -- Why the controller does not act (Art. 12(4) GDPR), and the day on which the person was told.
    refusal_ground     text        check (refusal_ground in (
        'art11_2', 'art12_5_excessive', 'art12_5_unfounded', 'art12_6', 'art15_4', 'art17_3_a', 'art17_3_b',
        'art17_3_c', 'art17_3_d', 'art17_3_e', 'art20_4')),
    refusal_told_on    date,
    -- The erasure that is repeated, because Talon.One's database was restored to a state before it, and that state.
    replay_of          bigint      references dsr.subject_requests,
    replay_since       timestamptz,

    constraint waiting_says_for_what   check ((state = 'waiting') = (waiting_for is not null)),
    constraint running_has_a_run       check (state <> 'running' or run_id is not null),
    constraint final_has_an_end        check ((state in ('completed', 'refused', 'cancelled', 'failed')) = (finished_at is not null)),
    constraint completed_has_outcome   check (state <> 'completed' or outcome is not null),
    constraint unfinished_has_subject
        check (state in ('completed', 'refused', 'cancelled', 'failed') or integration_id is not null),
    constraint identity_is_checked_by_somebody
        check (num_nonnulls(identity_method, identity_checked_by, identity_checked_at) in (0, 3)),
    constraint approval_is_whole       check (num_nonnulls(approved_by, approved_at, approved_content) in (0, 3)),
    constraint replay_is_whole         check ((replay_of is null) = (replay_since is null))
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

-- However often a replay is asked for, it is queued once.
create unique index subject_requests_replay on dsr.subject_requests (replay_of, replay_since) where replay_of is not null;

-- There is no index on running rows on purpose: the planner takes such an index for empty, and makes every
-- completion walk the dead entries of the night.

comment on table dsr.subject_requests is
    'Data subject requests: insert a kind (access, portability, rectification, erasure) and an integration_id.';

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
