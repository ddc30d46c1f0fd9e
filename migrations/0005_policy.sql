-- The policy of the controller: the gates and brakes that every run has at least. Only the owner of the schema changes it;
-- the configuration of a run can be stricter, and never looser.

create table dsr.policy (
    only_row          boolean primary key default true check (only_row),
    -- Whether the requester's identity must be verified, unless the request came through a trusted channel.
    checks_identity   boolean not null default false,
    -- Channels that have verified the identity themselves, for example a customer's account.
    trusted_channels  text[]  not null default '{}' check (cardinality(trusted_channels) <= 100),
    -- Whether a second operator must approve an erasure.
    approves_erasures boolean not null default false,
    -- Days between the receipt of an erasure and its execution.
    erasure_wait_days integer not null default 0 check (erasure_wait_days between 0 and 21),
    -- The limits of the brakes at their loosest; null where a run decides.
    maximum_erasures  integer check (maximum_erasures > 0),
    spike_factor      integer check (spike_factor > 0),
    spike_floor       integer check (spike_floor >= 0),
    unknown_percent   integer check (unknown_percent between 1 and 100),
    unknown_floor     integer check (unknown_floor >= 0),
    changed_at        timestamptz,
    changed_by        name
);

insert into dsr.policy default values;

-- Whether a channel is one of a list. A request without a channel came from anywhere.
create function dsr.is_trusted(channel text, trusted text[]) returns boolean
    language sql immutable parallel safe
as $$
    select coalesce(dsr.folded_name(channel) = any (select dsr.folded_name(t) from unnest(trusted) t), false)
$$;

-- Whether a request needs a verified identity by the policy.
create function dsr.policy_checks_identity(channel text) returns boolean
    language sql stable
as $$
    select p.checks_identity and not dsr.is_trusted(channel, p.trusted_channels) from dsr.policy p
$$;

-- The first day on which an erasure may be carried out: the later of a run's own and the policy's; null for none.
create function dsr.policy_waits_until(own date, received_on date) returns date
    language sql stable
as $$
    select greatest(own, case when p.erasure_wait_days > 0 then received_on + p.erasure_wait_days end) from dsr.policy p
$$;

-- Changes the policy, and appends an entry about it. For the owner.
--
-- `changes` has the columns that change and their new values.
create function dsr.set_policy(changes jsonb, because text, by_operator json) returns void
    language plpgsql
    security definer
as $$
declare
    new dsr.policy;
begin
    select (jsonb_populate_record(p, changes)).* into strict new from dsr.policy p for update;
    if exists (select from unnest(new.trusted_channels) c where coalesce(dsr.text_problem(c, 200) is not null or dsr.folded_name(c) = '', true)) then
        raise exception using errcode = 'check_violation', constraint = 'channels_are_names',
            message = 'a trusted channel is not a name of up to 200 characters';
    end if;
    update dsr.policy p set
        checks_identity = new.checks_identity, trusted_channels = new.trusted_channels,
        approves_erasures = new.approves_erasures, erasure_wait_days = new.erasure_wait_days,
        maximum_erasures = new.maximum_erasures, spike_factor = new.spike_factor, spike_floor = new.spike_floor,
        unknown_percent = new.unknown_percent, unknown_floor = new.unknown_floor,
        changed_at = clock_timestamp(), changed_by = session_user;
    perform dsr.append_evidence(
        json_build_array(dsr.leaf('policy_changed', jsonb_build_object('log', changes, 'ticket', because))),
        null, by_operator);
end
$$;
