-- After an erasure: whether the subject has reappeared in Talon.One.

-- The identifier of an erased subject, kept for one recheck, and no longer than the controller has configured. Without
-- that setting there is no row here.
create table dsr.rechecks (
    request_id     bigint      primary key references dsr.subject_requests,
    -- Cleared by the recheck; where the subject reappeared, when the incident is closed; and at drop_at in any case.
    integration_id text,
    due_at         timestamptz not null,
    drop_at        timestamptz not null,
    checked_at     timestamptz,
    found          text        check (found in ('absent', 'reappeared', 'missed')),
    check ((checked_at is null) = (found is null))
);

create index rechecks_kept on dsr.rechecks (due_at) where integration_id is not null;

-- What an operator must settle that is not a request.
create table dsr.incidents (
    id         bigint      generated always as identity primary key,
    kind       text        not null check (kind in ('reappeared')),
    -- The erasure after which the subject reappeared.
    request_id bigint      not null references dsr.subject_requests,
    -- Sections and kinds of data that were found, never values.
    found      text[]      not null,
    opened_at  timestamptz not null default clock_timestamp(),
    closed_at  timestamptz,
    closed_by  text,
    -- The erasure that answers it, where there is one.
    erased_by  bigint      references dsr.subject_requests,
    check ((closed_at is null) = (closed_by is null))
);

create index incidents_open on dsr.incidents (id) where closed_at is null;
-- Those of a month.
create index incidents_opened on dsr.incidents (opened_at);
create index incidents_closed on dsr.incidents (closed_at) where closed_at is not null;
