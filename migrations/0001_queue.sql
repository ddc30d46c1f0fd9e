-- The queue and its history. One row is one data subject request: one subject, one right.
--
-- The table is the interface: any system can insert a row with a kind and an integration_id; everything else has a
-- default. A row that can never be processed is rejected by the insert, with a hint how to correct it.

revoke all on schema dsr from public;

-- Whether a request is closed: no run processes it again unless an operator retries it.
create function dsr.is_closed(state text) returns boolean
    language sql immutable parallel safe
as $$
    select state in ('completed', 'refused', 'cancelled', 'failed')
$$;

-- The database's own id, and the environment and API that the queue belongs to.
create table dsr.deployment (
    -- There is one row.
    only_row     boolean     primary key default true check (only_row),
    -- File names carry it, since request 1 of another database is another request.
    database_id  text        not null default left(md5(gen_random_uuid()::text), 6)
        check (database_id ~ '^[0-9a-f]{6}$'),
    -- Set by 'dsr migrate --environment' or by the first run; a run on any other environment or API does not start.
    environment  text        check (environment in ('live', 'sandbox')),
    host         text,
    pinned_at    timestamptz,
    -- When Talon.One first knew a customer of this queue. Until then a customer who is unknown proves nothing.
    customer_known_at timestamptz,
    check (num_nonnulls(environment, host, pinned_at) in (0, 3))
);

insert into dsr.deployment default values;

create table dsr.runs (
    id            bigint      generated always as identity primary key,
    host          text        not null,
    pid           integer     not null,
    version       text        not null,
    environment   text        not null check (environment in ('live', 'sandbox')),
    actor         text        not null,
    -- The database role that began it. The database sets it.
    role          name        not null default session_user,
    -- The requests that it processes: the whole queue, one request, or replays of erasures.
    scope         text        not null default 'all' check (scope in ('all', 'one', 'replays')),
    started_at    timestamptz not null default clock_timestamp(),
    -- Renewed by the run's heartbeat, always by this database's clock. A run whose lease has expired may not claim, and
    -- any other run may return its requests to the queue.
    lease_until   timestamptz not null,
    ended_at      timestamptz,
    end_reason    text,
    counts        json,
    -- Erasures that it carried out, and whether the brake held others back. The brake of later runs compares with them.
    erasures      integer     not null default 0,
    was_braked    boolean     not null default false,
    -- Requests whose customer Talon.One knew, and did not know. Of the latter only those that were answered without a
    -- ticket: the brake on unknown customers of later runs counts them.
    known         integer     not null default 0,
    unknown       integer     not null default 0,
    check ((ended_at is null) = (end_reason is null))
);

create index runs_open on dsr.runs (lease_until) where ended_at is null;

-- Reports compare the last runs over the whole queue, and count those of a month.
create index runs_ended on dsr.runs (id) where scope = 'all' and ended_at is not null;
create index runs_started on dsr.runs (started_at);

create table dsr.subject_requests (
    id                 bigint      generated always as identity primary key,
    -- The right. RIGHT is a reserved word in SQL.
    kind               text        not null,
    -- The subject as Talon.One knows them. It can be an e-mail address. Cleared once an erasure is final.
    integration_id     text,
    state              text        not null default 'pending'
        check (state in ('pending', 'waiting', 'running', 'completed', 'refused', 'cancelled', 'failed')),
    -- The gate that is closed; see dsr.closed_gates.
    waiting_for        text,
    received_at        timestamptz not null default now(),
    inserted_at        timestamptz not null default now(),
    admitted_at        timestamptz,
    -- The legal dates, in the time zone that was the controller's at admission: the last date to tell the subject of an
    -- extension or a refusal, the date to answer by, the last date that is lawful, and each step of the calculation.
    time_zone          text,
    notice_by          date,
    answer_by          date,
    latest_lawful      date,
    deadline           json,
    -- The date on which the subject was told that the answer takes two more months (Art. 12(3) GDPR).
    extension_told_on  date,
    ticket             text,
    -- Who made the request, as the inserter says.
    requested_by       text        default session_user,
    -- The database role that inserted the row, and the operating-system user who ran dsr for it, if it was dsr.
    inserted_by        name        not null default session_user,
    submitted_by       text,
    channel            text,
    -- Whether the requester's identity must be verified first (Art. 12(6) GDPR). Who verified it, how and when; never a
    -- document.
    needs_identity     boolean     not null default false,
    identity_method    text        check (identity_method in (
        'account_login', 'email_confirmed', 'called_back', 'known_secret', 'document_shown', 'in_person')),
    identity_checked_by text,
    identity_checked_at timestamptz,
    -- Whether an operator other than the requester must approve it first; see dsr.is_requester. The approval is of a
    -- content; see dsr.content_digest.
    needs_approval     boolean     not null default false,
    approved_by        text,
    approved_with_role name,
    approved_at        timestamptz,
    approved_content   bytea,
    -- The end of an erasure's waiting period.
    not_erased_before  date,
    -- Rectification only: attribute names and their new values; null clears an attribute. The type keeps the text as it
    -- was written, because it is sent like that.
    changes            json,
    -- SHA-256(salt ‖ integration_id): the evidence log names the subject by this alone.
    subject_commitment bytea,
    -- HMAC-SHA256 of integration_id under a key outside the database. With the key and the identifier, an operator finds
    -- the subject's requests after the identifier was deleted here.
    subject_digest     bytea       check (octet_length(subject_digest) = 32),
    -- Which key that was, because digests under two keys cannot be compared.
    subject_key_id     bytea       check (octet_length(subject_key_id) = 8),
    -- Grows with each claim and never falls: a result is accepted only under the number of its claim.
    claim_no           integer     not null default 0,
    claimed_at         timestamptz,
    failures           integer     not null default 0,
    -- Runs that crashed while they processed it, since the last run that did not.
    crashed_runs       integer     not null default 0,
    not_before         timestamptz,
    -- A deletion under an earlier claim may have been carried out although no answer came.
    may_have_acted     boolean     not null default false,
    -- The run that holds the row, or held it last.
    run_id             bigint      references dsr.runs,
    outcome            text,
    reason             text,
    finished_at        timestamptz,
    -- The equal request of the same subject whose answer is the answer to this one too.
    answered_with      bigint      references dsr.subject_requests,
    -- When the identifier is deleted, after the answer that Talon.One does not know the customer.
    forget_at          timestamptz,
    -- Why the controller does not act (Art. 12(4) GDPR), and the date on which the subject was told.
    refusal_ground     text        check (refusal_ground in (
        'art11_2', 'art12_5_excessive', 'art12_5_unfounded', 'art12_6', 'art15_4', 'art17_3_a', 'art17_3_b',
        'art17_3_c', 'art17_3_d', 'art17_3_e', 'art20_4')),
    refusal_told_on    date,
    -- The erasure that is repeated because Talon.One was restored from a backup, and the instant of that backup.
    replay_of          bigint      references dsr.subject_requests,
    replay_since       timestamptz,

    constraint waiting_has_a_gate         check ((state = 'waiting') = (waiting_for is not null)),
    constraint running_has_a_run          check (state <> 'running' or run_id is not null),
    constraint closed_has_finished_at     check (dsr.is_closed(state) = (finished_at is not null)),
    constraint completed_has_outcome      check (state <> 'completed' or outcome is not null),
    constraint open_has_subject           check (dsr.is_closed(state) or integration_id is not null),
    constraint identity_check_is_complete
        check (num_nonnulls(identity_method, identity_checked_by, identity_checked_at) in (0, 3)),
    constraint approval_is_complete       check (num_nonnulls(approved_by, approved_at, approved_content) in (0, 3)),
    constraint replay_is_complete         check ((replay_of is null) = (replay_since is null)),
    constraint instants_are_finite
        check (isfinite(received_at) and isfinite(inserted_at) and isfinite(admitted_at) and isfinite(claimed_at)
               and isfinite(not_before) and isfinite(finished_at) and isfinite(forget_at) and isfinite(replay_since)
               and isfinite(identity_checked_at) and isfinite(approved_at)),
    constraint dates_are_finite
        check (isfinite(notice_by) and isfinite(answer_by) and isfinite(latest_lawful) and isfinite(extension_told_on)
               and isfinite(not_erased_before) and isfinite(refusal_told_on))
);

-- There is an index for each list of open requests, so that no list and no count walks the closed ones. The exception is
-- deliberate: there is no index whose predicate is state = 'running'. The planner takes such an index for empty, and
-- makes every completion walk the dead entries of the whole run. Running requests are found through their runs.

-- New rows, in the order of their arrival.
create index subject_requests_new on dsr.subject_requests (id) where state = 'pending' and admitted_at is null;

-- Claimable rows, earliest deadline first; the claim walks it with a keyset cursor. It includes not_before, so that
-- they are counted without reading the table.
create index subject_requests_claimable on dsr.subject_requests (answer_by, id) include (not_before)
    where state = 'pending' and admitted_at is not null;

create index subject_requests_waiting on dsr.subject_requests (answer_by, id) where state = 'waiting';

-- Failed rows need action.
create index subject_requests_failed on dsr.subject_requests (answer_by, id) where state = 'failed';

-- Refused rows whose subject was not told yet.
create index subject_requests_refusals_not_sent on dsr.subject_requests (notice_by, id)
    where state = 'refused' and refusal_ground is not null and refusal_told_on is null;

-- Malformed rows need action for a while after their refusal.
create index subject_requests_malformed on dsr.subject_requests (finished_at)
    where state = 'refused' and refusal_ground is null;

-- What a run holds, and what it has closed.
create index subject_requests_of_run on dsr.subject_requests (run_id, state) where run_id is not null;

-- Identifiers that will be deleted.
create index subject_requests_to_forget on dsr.subject_requests (forget_at)
    where forget_at is not null and integration_id is not null;

-- What was received, answered and refused in a month. Rows arrive nearly in the order of received_at, so a summary of each
-- range of pages finds them, and costs a change of a row next to nothing.
create index subject_requests_received on dsr.subject_requests using brin (received_at);
create index subject_requests_finished on dsr.subject_requests (finished_at) where finished_at is not null;
create index subject_requests_told on dsr.subject_requests (refusal_told_on) where refusal_told_on is not null;

create index subject_requests_ticket on dsr.subject_requests (ticket) where ticket is not null;

-- A hash index, because an id of 1,000 characters can be 4,000 bytes, and a B-tree entry cannot.
create index subject_requests_subject on dsr.subject_requests using hash (integration_id)
    where integration_id is not null;

create index subject_requests_digest on dsr.subject_requests (subject_digest) where subject_digest is not null;

-- A replay is idempotent: it queues each erasure once.
create unique index subject_requests_replay on dsr.subject_requests (replay_of, replay_since) where replay_of is not null;

comment on table dsr.subject_requests is
    'Data subject requests: insert a kind (access, portability, rectification, erasure) and an integration_id.';

-- The salts of the subject commitments. They have a table of their own, so that deleting one disconnects the evidence of
-- a request from its subject, and leaves the evidence as it was hashed.
create table dsr.request_salts (
    request_id bigint primary key references dsr.subject_requests,
    salt       bytea  not null check (octet_length(salt) = 32)
);

-- Documents for subjects and operators. They commit together with the result that they state, and are written to files
-- later.
create table dsr.reports (
    id           bigint      generated always as identity primary key,
    request_id   bigint      references dsr.subject_requests,
    run_id       bigint      not null references dsr.runs,
    -- It becomes the name of a file, so it has no separator and no dots in a row.
    file_name    text        not null unique
        check (file_name ~ '^[0-9a-f]{6}-(request|run)-[0-9]{1,19}(-[a-z0-9]{1,32}){0,4}(\.[a-z0-9]{1,8}){1,2}$'),
    media_type   text        not null,
    sha256       bytea       not null check (octet_length(sha256) = 32),
    byte_count   bigint      not null,
    -- Deleted at expires_at, and earlier where the subject is erased; the row stays and states what there was.
    content      bytea,
    created_at   timestamptz not null default now(),
    delivered_at timestamptz,
    -- Set by the delivery.
    expires_at   timestamptz,
    constraint content_is_what_was_recorded
        check (content is null or sha256(content) = sha256 and octet_length(content) = byte_count)
);

create index reports_undelivered on dsr.reports (id) where delivered_at is null and content is not null;
create index reports_of_request on dsr.reports (request_id);
create index reports_to_expire on dsr.reports (expires_at) where content is not null;

-- Locks that the database's functions take before they lock any other row. They are rows, so that only those can hold
-- them who may call these functions.
create table dsr.locks (
    lock text primary key check (lock in ('gates', 'forgetting'))
);

-- gates: an operation that closes a gate, and an announcement of a call that changes data, exclude each other. After a
-- gate is closed nothing is announced that it should have stopped.
-- forgetting: deliveries and erasures exclude each other. Each deletes the content of a document that the other has dealt
-- with before, and neither would if both went by what they saw when they began.
insert into dsr.locks values ('gates'), ('forgetting');

create function dsr.take_lock(name text) returns void
    language plpgsql
as $$
begin
    perform from dsr.locks where lock = name for update;
end
$$;
