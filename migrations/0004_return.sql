-- After an erasure: whether the person has come back.

-- The identifier of somebody who was erased, kept for one more look and no longer than the controller has said. Without
-- that setting there is no row here.
create table dsr.reappearance_checks (
    request_id     bigint      primary key references dsr.subject_requests,
    -- Cleared with the look; where the person is back, when the incident is closed; and on drop_at in any case.
    integration_id text,
    due_at         timestamptz not null,
    drop_at        timestamptz not null,
    checked_at     timestamptz,
    found          text        check (found in ('absent', 'back', 'unread')),
    check ((checked_at is null) = (found is null))
);

create index reappearance_checks_kept on dsr.reappearance_checks (due_at) where integration_id is not null;

-- What needs a person although no request does.
create table dsr.incidents (
    id         bigint      generated always as identity primary key,
    kind       text        not null check (kind in ('reappeared')),
    -- The erasure after which the person is back.
    request_id bigint      not null references dsr.subject_requests,
    -- Sections and kinds of what was found, never values.
    found      text[]      not null,
    opened_at  timestamptz not null default clock_timestamp(),
    closed_at  timestamptz,
    closed_by  text,
    -- The erasure that answers it, where there is one.
    erased_by  bigint      references dsr.subject_requests,
    check ((closed_at is null) = (closed_by is null))
);

create index incidents_open on dsr.incidents (id) where closed_at is null;
