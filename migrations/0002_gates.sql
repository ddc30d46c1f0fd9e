-- The preconditions of processing a request, and the changes that are allowed to it. The rules are here and not in the
-- program, so that they also apply to a change by SQL.

-- Reasons to keep a subject's data although its erasure was requested (Art. 17(3) GDPR); the subject by keyed digest
-- only.
create table dsr.legal_holds (
    id             bigint      generated always as identity primary key,
    subject_digest bytea       not null check (octet_length(subject_digest) = 32),
    -- The key of the digest. A request whose digest is under another key cannot be compared, and is not erased.
    subject_key_id bytea       not null check (octet_length(subject_key_id) = 8),
    -- The point of Art. 17(3), and the rule that it rests on, for example 'section 147 AO'.
    ground         text        not null check (ground in ('a', 'b', 'c', 'd', 'e')),
    source_of_law  text        not null check (char_length(source_of_law) between 1 and 200),
    placed_by      text        not null,
    placed_at      timestamptz not null default clock_timestamp(),
    -- The date on which an operator must check whether the hold is still right. It lasts until it is released or expires.
    review_on      date        not null check (isfinite(review_on)),
    -- The last day of the hold, where the law gives one.
    expires_on     date        check (isfinite(expires_on)),
    released_by    text,
    released_at    timestamptz,
    check ((released_at is null) = (released_by is null))
);

create index legal_holds_of_subject on dsr.legal_holds (subject_digest) where released_at is null;
create index legal_holds_of_key on dsr.legal_holds (subject_key_id) where released_at is null;
-- Those of a month.
create index legal_holds_placed on dsr.legal_holds (placed_at);
create index legal_holds_released on dsr.legal_holds (released_at) where released_at is not null;

-- Digests of the subjects of erasures under earlier keys, so that holds that were placed under these can be compared.
create table dsr.earlier_digests (
    request_id     bigint not null references dsr.subject_requests,
    subject_key_id bytea  not null check (octet_length(subject_key_id) = 8),
    subject_digest bytea  not null check (octet_length(subject_digest) = 32),
    primary key (request_id, subject_key_id)
);

create index earlier_digests_of_subject on dsr.earlier_digests (subject_digest);

-- The first key in their order, after one, under which a hold is in force; null where there is none.
create function dsr.next_hold_key(after_key bytea, on_date date) returns bytea
    language sql stable
as $$
    select h.subject_key_id from dsr.legal_holds h
    where h.released_at is null and (h.expires_on is null or h.expires_on >= on_date) and h.subject_key_id > after_key
    order by h.subject_key_id
    limit 1
$$;

-- The gate that legal holds close for a request; null where none does. Reads a few rows for each key under which a hold is
-- in force, however many holds there are.
create function dsr.closed_by_hold(request dsr.subject_requests, on_date date) returns text
    language plpgsql stable
as $$
declare
    hold_key  bytea := dsr.next_hold_key('', on_date);
    digest    bytea;
    uncertain boolean := false;
begin
    while hold_key is not null loop
        digest := case when hold_key = request.subject_key_id then request.subject_digest else (
            select d.subject_digest from dsr.earlier_digests d
            where d.request_id = request.id and d.subject_key_id = hold_key) end;
        if exists (select from dsr.legal_holds h
                   where h.subject_digest = digest and h.released_at is null
                     and (h.expires_on is null or h.expires_on >= on_date)) then
            return 'legal_hold';
        end if;
        uncertain := uncertain or digest is null;
        hold_key := dsr.next_hold_key(hold_key, on_date);
    end loop;
    return case when uncertain then 'hold_uncertain' end;
end
$$;

-- The intervals in which the controller waited for the subject's answer.
create table dsr.suspensions (
    id          bigint generated always as identity primary key,
    request_id  bigint not null references dsr.subject_requests,
    cause       text   not null check (cause in ('identity', 'clarification')),
    asked_on    date   not null check (isfinite(asked_on)),
    answered_on date   check (isfinite(answered_on) and answered_on >= asked_on)
);

-- One open interval of each cause: a question that is still open is not asked twice.
create unique index suspensions_open on dsr.suspensions (request_id, cause) where answered_on is null;
create index suspensions_of_request on dsr.suspensions (request_id);

-- The decisions of operators about requests and holds, and their reasons. The ticket is in the evidence log too. The
-- reason is free text, so it is only here, and is deleted when the subject is erased, also that of a decision about a hold
-- of the subject.
create table dsr.decisions (
    id         bigint      generated always as identity primary key,
    request_id bigint      references dsr.subject_requests,
    hold_id    bigint      references dsr.legal_holds,
    decision   text        not null,
    reason     text        check (char_length(reason) between 1 and 500),
    ticket     text,
    actor      text        not null,
    -- The database role that made it. The database sets it.
    role       name        not null default session_user,
    made_at    timestamptz not null default clock_timestamp()
);

create index decisions_of_request on dsr.decisions (request_id) where request_id is not null;
create index decisions_of_hold on dsr.decisions (hold_id) where hold_id is not null;
-- Those since a run, or of a month.
create index decisions_made on dsr.decisions (made_at);

-- MARK: Rules

create function dsr.today(zone text) returns date
    language sql stable
as $$
    select (clock_timestamp() at time zone coalesce(zone, 'UTC'))::date
$$;

-- The characters that a reader cannot see or cannot tell from a blank, as the inside of a regular expression's brackets:
-- the Unicode category Cf (format) with all characters that Unicode leaves out of the display by default, such as
-- variation selectors and fillers, and the categories Cc, Zl, Zp and Zs (control characters and separators) without U+0020.
create function dsr.format_characters() returns text
    language sql immutable parallel safe
as $$
    select E'\\u00AD\\u034F\\u0600-\\u0605\\u061C\\u06DD\\u070F\\u0890-\\u0891\\u08E2\\u115F-\\u1160\\u17B4-\\u17B5'
        '\\u180B-\\u180F\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u206F\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF0-\\uFFFB'
        '\\U000110BD\\U000110CD\\U00013430-\\U0001343F\\U0001BCA0-\\U0001BCA3\\U0001D173-\\U0001D17A'
        '\\U000E0000-\\U000E0FFF'
$$;

create function dsr.control_characters() returns text
    language sql immutable parallel safe
as $$
    select E'\\u0001-\\u001F\\u007F-\\u00A0\\u1680\\u2000-\\u200A\\u2028-\\u2029\\u202F\\u205F\\u3000'
$$;

-- What is wrong with an identifier, to complete "the integration_id …"; null where it is valid. The program validates
-- the same rule in SubjectID. The identifier itself is never part of the sentence.
create function dsr.identifier_problem(id text) returns text
    language sql immutable parallel safe
as $$
    select case
        when coalesce(id, '') = '' then 'is empty'
        when id in ('.', '..') then 'is a dot segment, which cannot be part of a URL'
        when char_length(id) > 1000 then 'is longer than 1,000 characters'
        when ascii(id) = 65279 then 'begins with a byte order mark (U+FEFF)'
        when id ~ (E'^[\\u0009-\\u000D\\u0085 ' || white || ']') or id ~ (E'[\\u0009-\\u000D\\u0085 ' || white || E']\\Z')
            then 'begins or ends with white space'
        when hidden is not null
            then 'contains U+' || lpad(upper(to_hex(ascii(hidden))), greatest(4, length(to_hex(ascii(hidden)))), '0')
                || '; control characters, invisible characters and blanks other than U+0020 are not allowed'
        end
    from (select E'\\u00A0\\u1680\\u2000-\\u200A\\u2028-\\u2029\\u202F\\u205F\\u3000') as w (white),
         substring(id from '[' || dsr.control_characters() || dsr.format_characters() || ']') as h (hidden)
$$;

-- What is wrong with a name, a channel or a reason, to complete "the channel …"; null where it is valid. Such a text is one
-- line and is shown to operators, so that nothing in it may change how the rest of a line is read. The text itself is
-- never part of the sentence.
create function dsr.text_problem(value text, longest integer) returns text
    language plpgsql immutable parallel safe
as $$
declare
    hidden text;
begin
    -- The size comes first, so that a text of any size costs nothing.
    if octet_length(value) > 4 * longest or char_length(value) > longest then
        return format('is longer than %s characters', longest);
    end if;
    hidden := substring(value from '[' || dsr.control_characters() || dsr.format_characters() || ']');
    return 'contains U+' || lpad(upper(to_hex(ascii(hidden))), greatest(4, length(to_hex(ascii(hidden)))), '0')
        || '; control characters, invisible characters and blanks other than U+0020 are not allowed';
end
$$;

-- A name as it is compared: in the compatibility form of Unicode, without case, without invisible characters, and with
-- single blanks between its words. The case of letters is that of ICU where Postgres has it, because the database's own
-- collation may know the case of ASCII letters only.
do $migration$
begin
    execute format(
        $create$
            create function dsr.folded_name(name text) returns text
                language sql immutable parallel safe
            as $$
                select btrim(normalize(lower(upper(regexp_replace(
                    regexp_replace(normalize(name, NFKC), '[' || dsr.format_characters() || ']', '', 'g'),
                    '[ ' || dsr.control_characters() || ']+', ' ', 'g') collate %1$s)) collate %1$s, NFKC))
            $$
        $create$,
        coalesce(
            (select 'pg_catalog."und-x-icu"' from pg_catalog.pg_collation
             where collname = 'und-x-icu' and collnamespace = 'pg_catalog'::regnamespace),
            'pg_catalog."default"'));
end
$migration$;

-- Whether two names are the same to a reader: case, invisible characters, compatibility forms and white space, around and
-- between words, do not matter, and neither do Cyrillic and Greek letters that look like Latin ones, small or capital.
create function dsr.same_name(a text, b text) returns boolean
    language sql immutable parallel safe
as $$
    select translate(dsr.folded_name(a), alike, latin) = translate(dsr.folded_name(b), alike, latin)
    from (select E'\u0430\u0432\u0435\u0456\u0458\u043A\u043C\u043D\u043E'
                  '\u0440\u0441\u0455\u0442\u0443\u0445\u04BB\u0501\u051B\u051D\u04CF'
                  '\u03B1\u03B2\u03B5\u03B6\u03B7\u03B9\u03BA\u03BC\u03BD\u03BF\u03C1\u03C4\u03C5\u03C7',
                 'abeijkmhopcstyxhdqwlabezhikmnoptyx') as letters (alike, latin)
$$;

-- Whether a request was requested or inserted under that name: by the requester's name, by the database role that
-- inserted it, or by the operating-system user who ran dsr for it. Who requested a request without a requester's name is
-- unknown, so that it can be anybody.
create function dsr.is_requester(request dsr.subject_requests, name text) returns boolean
    language sql stable
as $$
    select coalesce(dsr.same_name(name, request.requested_by), true)
        or coalesce(dsr.same_name(name, request.inserted_by::text), false)
        or coalesce(dsr.same_name(name, request.submitted_by), false)
$$;

-- A ticket is in the evidence log for good, so it must be a reference and not a text.
create function dsr.is_ticket(ticket text) returns boolean
    language sql immutable parallel safe
as $$
    select ticket ~ '^[A-Za-z0-9][A-Za-z0-9._:/#-]{0,99}$'
$$;

-- Whether a text names a customer: it contains the identifier, or the part of an address before the @, in whatever case and
-- with whatever signs between letters and digits. Identifiers of fewer than four letters and digits are in every text.
create function dsr.names_subject(value text, id text) returns boolean
    language sql immutable parallel safe
as $$
    select coalesce(bool_or(position(sought in letters) > 0), false)
    from (select regexp_replace(dsr.folded_name(value), '[^[:alnum:]]', '', 'g')) as v (letters),
         (select regexp_replace(dsr.folded_name(part), '[^[:alnum:]]', '', 'g')
          from unnest(array[id, split_part(id, '@', 1)]) part) as i (sought)
    where char_length(sought) >= 4
$$;

-- MARK: Gates

-- The gate that another request of the same subject closes; null where none does. The requests of one subject are
-- processed one after another: access, portability and rectification before erasure, and then in the order of arrival.
-- An access or portability that failed holds the erasure back too, because it could never be answered after it. An
-- unverified request never blocks other requests.
create function dsr.held_back_by(request dsr.subject_requests) returns text
    language sql stable
as $$
    -- Each stops at the first request that it finds, so that many requests of one subject cost little.
    select case
        when exists (
            select from dsr.subject_requests other
            where other.integration_id = request.integration_id and other.id <> request.id
              and (
                  other.state = 'running'
                  or (other.state in ('pending', 'waiting')
                      and (other.kind = 'erasure', other.id) < (request.kind = 'erasure', request.id)
                      and not (other.needs_identity and other.identity_checked_at is null))
              )
        ) then 'older_request'
        when request.kind = 'erasure' and exists (
            select from dsr.subject_requests other
            where other.integration_id = request.integration_id and other.id <> request.id
              and other.state = 'failed' and other.kind in ('access', 'portability')
        ) then 'failed_request'
    end
$$;

-- The content that an approval applies to. It is salted like the commitment in the evidence log, so that it reveals
-- nothing by itself.
create function dsr.content_digest(request dsr.subject_requests) returns bytea
    language sql stable
as $$
    select sha256(s.salt || convert_to(
        concat_ws(E'\n', request.kind, request.integration_id, request.changes::text), 'UTF8'))
    from dsr.request_salts s
    where s.request_id = request.id
$$;

-- The gates that are closed for a request, in their order; none where it can be processed. Checked at admission, by the
-- claim, and once more before each API request that changes data.
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
    closed := array_remove(closed || dsr.closed_by_hold(request, dsr.today(request.time_zone)), null);
    if request.not_erased_before > dsr.today(request.time_zone) then
        closed := closed || 'waiting_period'::text;
    end if;
    return closed;
end
$$;

-- MARK: Inserts

-- Whether an object in a JSON value has two members of one name.
create function dsr.repeats_a_name(value json) returns boolean
    language plpgsql immutable parallel safe
as $$
begin
    return case json_typeof(value)
        when 'object' then
            (select count(*) > count(distinct m.key collate "C") or coalesce(bool_or(dsr.repeats_a_name(m.value)), false)
             from json_each(value) m)
        when 'array' then
            (select coalesce(bool_or(dsr.repeats_a_name(e)), false) from json_array_elements(value) e)
        else false
    end;
end
$$;

-- Refuses a text that is too long, or that has characters which a reader cannot see.
create function dsr.refuse_text(field text, value text, longest integer) returns void
    language plpgsql
as $$
begin
    if dsr.text_problem(value, longest) is not null then
        raise exception using errcode = 'check_violation', constraint = field || '_is_one_line',
            message = field || ' ' || dsr.text_problem(value, longest),
            hint = format('%s is one line of up to %s characters.', field, longest);
    end if;
end
$$;

-- Refuses a ticket that is not a reference, or that names the customer.
create function dsr.refuse_ticket(ticket text, id text) returns void
    language plpgsql
as $$
begin
    if not dsr.is_ticket(ticket) then
        raise exception using errcode = 'check_violation', constraint = 'ticket_is_a_reference',
            message = 'ticket is not a reference of up to 100 letters, digits and . _ : / # -',
            hint = 'The evidence log keeps the ticket for good: give its number, no name and no address.';
    end if;
    if dsr.names_subject(ticket, id) then
        raise exception using errcode = 'check_violation', constraint = 'ticket_is_a_reference',
            message = 'ticket contains the integration_id',
            hint = 'The evidence log keeps the ticket for good, and must not name the customer.';
    end if;
end
$$;

create function dsr.check_new_request() returns trigger
    language plpgsql
    security definer
as $$
begin
    if new.kind not in ('access', 'portability', 'rectification', 'erasure') then
        raise exception using errcode = 'check_violation', constraint = 'kind_is_known',
            message = 'unknown kind of request',
            hint = 'kind is one of: access, portability, rectification, erasure';
    end if;
    if dsr.identifier_problem(new.integration_id) is not null then
        raise exception using errcode = 'check_violation', constraint = 'integration_id_is_addressable',
            message = 'the integration_id ' || dsr.identifier_problem(new.integration_id),
            hint = 'Give the integrationId of the customer exactly as Talon.One has it.';
    end if;
    if new.received_at is null or new.received_at > clock_timestamp() + interval '5 minutes' then
        raise exception using errcode = 'check_violation', constraint = 'received_at_is_past',
            message = 'received_at is in the future',
            hint = 'received_at is the instant at which the request reached the controller; omit it for the present.';
    end if;
    if new.received_at < 'epoch' then
        raise exception using errcode = 'check_violation', constraint = 'received_at_is_plausible',
            message = 'received_at is before 1970',
            hint = 'received_at is the instant at which the request reached the controller; omit it for the present.';
    end if;
    perform dsr.refuse_text('channel', new.channel, 200);
    perform dsr.refuse_text('requested_by', new.requested_by, 200);
    perform dsr.refuse_text('submitted_by', new.submitted_by, 200);
    -- The size comes first, so that a value of any size costs nothing.
    if octet_length(new.changes::text) > 65536 then
        raise exception using errcode = 'check_violation', constraint = 'changes_are_bounded',
            message = 'changes has more than 65,536 bytes',
            hint = 'Split the rectification into several requests.';
    end if;
    -- Postgres stores the escape, and cannot read it.
    if new.changes::text ~ '(^|[^\\])(\\\\)*\\u0000' then
        raise exception using errcode = 'check_violation', constraint = 'changes_are_storable',
            message = 'a text in changes has the character U+0000',
            hint = 'Remove it: Postgres cannot read it.';
    end if;
    if new.kind <> 'rectification' and new.changes is not null then
        raise exception using errcode = 'check_violation', constraint = 'only_rectification_has_changes',
            message = 'only a rectification has changes',
            hint = 'Omit changes, or insert the row with kind rectification.';
    end if;
    if new.kind = 'rectification' and (new.changes is null or json_typeof(new.changes) <> 'object'
                                       or not exists (select from json_object_keys(new.changes))) then
        raise exception using errcode = 'check_violation', constraint = 'rectification_has_changes',
            message = 'a rectification needs changes',
            hint = 'changes is a JSON object of attribute names and new values; null clears an attribute.';
    end if;
    if (select count(*) from json_object_keys(new.changes)) > 200 then
        raise exception using errcode = 'check_violation', constraint = 'changes_are_bounded',
            message = 'changes has more than 200 attributes',
            hint = 'Split the rectification into several requests.';
    end if;
    if dsr.repeats_a_name(new.changes) then
        raise exception using errcode = 'check_violation', constraint = 'changes_are_unambiguous',
            message = 'a name occurs twice in one object of changes',
            hint = 'Give each name once: JSON does not say which of two values counts.';
    end if;
    perform dsr.refuse_ticket(new.ticket, new.integration_id);
    if new.state <> 'pending' or new.claim_no <> 0 or new.failures <> 0 or new.may_have_acted
        or num_nonnulls(
            new.waiting_for, new.admitted_at, new.time_zone, new.notice_by, new.answer_by, new.latest_lawful, new.deadline,
            new.extension_told_on, new.identity_checked_at, new.approved_at, new.not_erased_before,
            new.subject_commitment, new.subject_digest, new.subject_key_id, new.not_before, new.run_id, new.outcome,
            new.claimed_at, new.answered_with,
            new.reason, new.finished_at, new.forget_at, new.refusal_ground, new.refusal_told_on, new.identity_method,
            new.identity_checked_by, new.approved_by, new.approved_content, new.approved_with_role) > 0
        or new.needs_approval or new.crashed_runs <> 0 then
        raise exception using errcode = 'check_violation', constraint = 'new_request_is_pending',
            message = 'a new request is pending and has no result',
            hint = 'Give kind and integration_id and, where they are known, received_at, ticket, requested_by, channel, '
                'needs_identity and changes.';
    end if;
    -- What repeats an erasure was decided with it, so it must be one, and of the same subject; see dsr.admit.
    if new.replay_of is not null and (new.kind <> 'erasure' or not isfinite(new.replay_since) or not exists (
        select from dsr.subject_requests r
        where r.id = new.replay_of and r.kind = 'erasure' and r.state = 'completed'
          and r.outcome in ('erased', 'record_remains', 'already_absent') and r.finished_at >= new.replay_since)) then
        raise exception using errcode = 'check_violation', constraint = 'replay_is_of_an_erasure',
            message = 'replay_of is not an erasure that was completed since replay_since',
            hint = 'Repeat erasures with ''dsr replay''.';
    end if;
    -- Role and instant are facts and never a claim of the inserter.
    new.inserted_by := session_user;
    new.inserted_at := now();
    return new;
end
$$;

create trigger check_new_request before insert on dsr.subject_requests
    for each row execute function dsr.check_new_request();

-- MARK: Changes

-- The changes of state that are allowed. Completed and cancelled are final, and so is refused once the subject was told;
-- the README has a diagram.
create function dsr.may_become(before text, after text) returns boolean
    language sql immutable parallel safe
as $$
    select (before, after) in (
        ('pending', 'waiting'), ('pending', 'running'), ('pending', 'refused'), ('pending', 'cancelled'),
        ('pending', 'completed'),
        ('waiting', 'pending'), ('waiting', 'refused'), ('waiting', 'cancelled'), ('waiting', 'completed'),
        ('running', 'pending'), ('running', 'waiting'), ('running', 'completed'), ('running', 'refused'), ('running', 'failed'),
        ('failed', 'pending'), ('failed', 'refused'), ('failed', 'cancelled'),
        ('refused', 'pending')
    )
$$;

-- Refuses a time zone that Postgres does not know, and one that is not a name: 'Nowhere5' is a zone of POSIX.
create function dsr.refuse_time_zone(zone text) returns void
    language plpgsql
as $$
begin
    if zone !~ '^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$' then
        raise invalid_parameter_value;
    end if;
    perform now() at time zone zone;
exception when invalid_parameter_value then
    raise exception using errcode = 'check_violation', constraint = 'time_zone_is_known',
        message = 'time_zone is not the name of a time zone',
        hint = 'For example Europe/Berlin.';
end
$$;

-- Refuses dates that no rule of the law can give: the period ends three months after receipt at the latest (Art. 12(3)
-- GDPR), and later only by the days in which the controller waited for the subject, and by holidays at its end.
create function dsr.refuse_deadline(request dsr.subject_requests) returns void
    language plpgsql
as $$
declare
    received_on date := (request.received_at at time zone coalesce(request.time_zone, 'UTC'))::date;
    waited      integer := (
        select coalesce(sum(coalesce(s.answered_on, dsr.today(request.time_zone)) - s.asked_on), 0)
        from dsr.suspensions s where s.request_id = request.id);
    latest      date := (received_on + interval '3 months')::date + 31 + greatest(waited, 0);
begin
    if request.notice_by not between received_on and latest or request.answer_by not between received_on and latest
       or request.latest_lawful not between received_on and latest then
        raise exception using errcode = 'check_violation', constraint = 'deadline_is_lawful',
            message = 'a deadline is before receipt, or later than Art. 12(3) GDPR allows';
    end if;
end
$$;

create function dsr.check_changed_request() returns trigger
    language plpgsql
    security definer
as $$
begin
    if new.state is distinct from old.state and not dsr.may_become(old.state, new.state) then
        raise exception using errcode = 'check_violation', constraint = 'state_may_change',
            message = format('a request that is %s cannot become %s', old.state, new.state),
            hint = coalesce(
                (select 'It can become ' || string_agg(s, ', ') || '.'
                 from unnest(array['pending', 'waiting', 'running', 'completed', 'refused', 'cancelled', 'failed']) s
                 where dsr.may_become(old.state, s)),
                'This state is final. Insert a new request.');
    end if;

    if new.answered_with is distinct from old.answered_with and old.answered_with is not null
       or new.state = 'completed' and old.state in ('pending', 'waiting') and new.answered_with is null then
        raise exception using errcode = 'check_violation', constraint = 'completed_by_a_run',
            message = 'a request is completed by the run that has claimed it, or together with an equal one';
    end if;

    -- A row says what it said when it was inserted, and the evidence log has committed to it.
    if (new.id, new.kind, new.received_at, new.inserted_at, new.ticket, new.inserted_by, new.replay_of, new.replay_since)
        is distinct from
       (old.id, old.kind, old.received_at, old.inserted_at, old.ticket, old.inserted_by, old.replay_of, old.replay_since)
        -- These are deleted at the end, and never given again.
        or new.integration_id is distinct from old.integration_id
            and (new.integration_id is not null or not dsr.is_closed(new.state))
        or new.changes::text is distinct from old.changes::text
            and (new.changes is not null or new.state not in ('completed', 'refused', 'cancelled') and new.integration_id is not null)
        -- The requester can be the subject, so names and channel are deleted together with the identifier.
        or (new.requested_by is distinct from old.requested_by and num_nonnulls(new.requested_by, new.integration_id) > 0)
        or (new.submitted_by is distinct from old.submitted_by and num_nonnulls(new.submitted_by, new.integration_id) > 0)
        or (new.channel is distinct from old.channel and num_nonnulls(new.channel, new.integration_id) > 0)
    then
        raise exception using errcode = 'check_violation', constraint = 'content_stays',
            message = 'the content of a request cannot change',
            hint = 'Cancel the request and insert a new one.';
    end if;
    if old.admitted_at is not null and (
        (new.admitted_at, new.notice_by, new.subject_commitment)
        is distinct from (old.admitted_at, old.notice_by, old.subject_commitment)
        or num_nonnulls(new.answer_by, new.latest_lawful) < num_nonnulls(old.answer_by, old.latest_lawful)
        or (new.time_zone is distinct from old.time_zone)
    ) then
        raise exception using errcode = 'check_violation', constraint = 'admission_stays',
            message = 'what the admission of a request has set cannot change';
    end if;
    -- A digest is made again under another key only.
    if old.subject_digest is not null
       and (new.subject_digest, new.subject_key_id) is distinct from (old.subject_digest, old.subject_key_id)
       and (new.subject_digest is null or new.subject_key_id is null or new.subject_key_id = old.subject_key_id
            or new.integration_id is null) then
        raise exception using errcode = 'check_violation', constraint = 'digest_stays',
            message = 'the digest of a request cannot change under the same key';
    end if;
    if new.time_zone is distinct from old.time_zone then
        perform dsr.refuse_time_zone(new.time_zone);
    end if;
    if (new.answer_by, new.latest_lawful, new.notice_by) is distinct from (old.answer_by, old.latest_lawful, old.notice_by)
    then
        perform dsr.refuse_deadline(new);
    end if;
    if new.claim_no is distinct from old.claim_no + (old.state = 'pending' and new.state = 'running')::int then
        raise exception using errcode = 'check_violation', constraint = 'claims_are_counted',
            message = 'claim_no changes with a claim only';
    end if;
    if old.state = 'refused' and new.state = 'pending'
       and (old.refusal_ground is null or old.refusal_told_on is not null or new.refusal_told_on is not null) then
        raise exception using errcode = 'check_violation', constraint = 'refusal_is_final_once_told',
            message = 'the refusal is final: the customer was told, or the row is malformed',
            hint = 'Insert a new request.';
    end if;
    if old.state in ('completed', 'refused', 'cancelled') and not (old.state = 'refused' and new.state = 'pending')
       and ((new.outcome, new.finished_at, new.refusal_ground) is distinct from
            (old.outcome, old.finished_at, old.refusal_ground)
            or new.refusal_told_on is distinct from coalesce(old.refusal_told_on, new.refusal_told_on)) then
        raise exception using errcode = 'check_violation', constraint = 'outcome_is_final',
            message = format('the request is %s, and its outcome is final', old.state);
    end if;

    -- A gate is opened only by its own operation, never by a plain UPDATE.
    if (old.needs_identity and not new.needs_identity) or (old.needs_approval and not new.needs_approval)
       or new.not_erased_before < old.not_erased_before or num_nonnulls(old.not_erased_before) > num_nonnulls(new.not_erased_before)
    then
        raise exception using errcode = 'check_violation', constraint = 'gates_are_not_removed',
            message = 'the gates of a request cannot be removed',
            hint = 'Verify the identity (dsr requests verify), approve the erasure (dsr requests approve), or wait.';
    end if;
    if new.identity_checked_at is distinct from old.identity_checked_at
       and (old.identity_checked_at is not null or dsr.is_closed(old.state) and old.state <> 'failed') then
        raise exception using errcode = 'check_violation', constraint = 'identity_is_checked_once',
            message = 'the identity check of a request cannot change';
    end if;
    if new.approved_by is not null
       and (new.approved_by, new.approved_at, new.approved_content) is distinct from
           (old.approved_by, old.approved_at, old.approved_content) then
        if new.kind <> 'erasure' or new.admitted_at is null or new.state not in ('pending', 'waiting') then
            raise exception using errcode = 'check_violation', constraint = 'approval_is_of_an_open_erasure',
                message = 'only an erasure that is admitted and open can be approved';
        end if;
        perform dsr.refuse_text('approved_by', new.approved_by, 200);
        if new.requested_by is null then
            raise exception using errcode = 'check_violation', constraint = 'requester_is_known',
                message = 'nobody can approve an erasure whose requester is unknown',
                hint = 'Cancel the request, and insert one with requested_by.';
        end if;
        if dsr.is_requester(new, new.approved_by) or dsr.is_requester(new, session_user::text)
           or dsr.folded_name(new.approved_by) = '' then
            raise exception using errcode = 'check_violation', constraint = 'approval_takes_two',
                message = 'the requester cannot approve their own erasure',
                hint = 'The approver and the approver''s database role differ from requested_by, from the role that '
                    'inserted the request, and from the operator who submitted it.';
        end if;
        new.approved_with_role := session_user;
        new.approved_at := clock_timestamp();
        new.approved_content := dsr.content_digest(new);
    else
        new.approved_with_role := old.approved_with_role;
    end if;
    if new.extension_told_on is distinct from old.extension_told_on
       and (not isfinite(new.extension_told_on) or old.extension_told_on is not null or new.extension_told_on is null or new.notice_by is null
            or new.extension_told_on > new.notice_by or dsr.today(new.time_zone) > new.notice_by) then
        raise exception using errcode = 'check_violation', constraint = 'extension_is_told_in_the_first_month',
            message = 'a deadline is extended once, and the customer is told within one month of receipt',
            hint = 'Art. 12(3) GDPR.';
    end if;
    if new.state in ('refused', 'cancelled') and new.state is distinct from old.state then
        -- Admission and runs refuse a row that can never be processed, without a ground.
        if new.state = 'refused' and new.refusal_ground is null
           and (old.state in ('waiting', 'failed') or old.state = 'pending' and old.admitted_at is not null) then
            raise exception using errcode = 'check_violation', constraint = 'refusal_has_a_ground',
                message = 'a refusal needs a ground (Art. 12(4) GDPR)';
        end if;
        if old.may_have_acted then
            raise exception using errcode = 'check_violation', constraint = 'no_refusal_of_what_may_be_done',
                message = 'the erasure may have been carried out, so it can be neither refused nor cancelled',
                hint = 'The next run finds out whether it was.';
        end if;
    end if;
    return new;
end
$$;

create trigger check_changed_request before update on dsr.subject_requests
    for each row execute function dsr.check_changed_request();

-- A hold can be reviewed and released, and its source of law is deleted with its subject. Nothing else about it changes,
-- and it is never deleted.
create function dsr.check_changed_hold() returns trigger
    language plpgsql
    security definer
as $$
begin
    if tg_op <> 'UPDATE'
       or (new.id, new.subject_digest, new.subject_key_id, new.ground, new.placed_by, new.placed_at, new.expires_on)
          is distinct from
          (old.id, old.subject_digest, old.subject_key_id, old.ground, old.placed_by, old.placed_at, old.expires_on)
       or old.released_at is not null
          and (new.review_on, new.released_at, new.released_by) is distinct from (old.review_on, old.released_at, old.released_by)
       -- It is free text, and is deleted with the subject of a hold that is over.
       or new.source_of_law is distinct from old.source_of_law and new.source_of_law <> '(deleted with the erasure)' then
        raise exception using errcode = 'check_violation', constraint = 'holds_are_only_released',
            message = 'a legal hold can be reviewed and released, and not changed otherwise';
    end if;
    return new;
end
$$;

create trigger check_changed_hold before update or delete on dsr.legal_holds
    for each row execute function dsr.check_changed_hold();

create function dsr.check_new_hold() returns trigger
    language plpgsql
    security definer
as $$
begin
    perform dsr.refuse_text('source_of_law', new.source_of_law, 200);
    perform dsr.refuse_text('placed_by', new.placed_by, 200);
    return new;
end
$$;

create trigger check_new_hold before insert on dsr.legal_holds
    for each row execute function dsr.check_new_hold();

-- The reason is free text for operators, and must not name the subject.
create function dsr.check_decision() returns trigger
    language plpgsql
    security definer
as $$
begin
    if num_nonnulls(new.reason, new.ticket) = 0 then
        raise exception using errcode = 'check_violation', constraint = 'decision_has_a_reason',
            message = 'a decision needs a reason or a ticket';
    end if;
    perform dsr.refuse_text('reason', new.reason, 500);
    perform dsr.refuse_text('actor', new.actor, 200);
    perform dsr.refuse_ticket(new.ticket, (select r.integration_id from dsr.subject_requests r where r.id = new.request_id));
    if exists (select from dsr.subject_requests r
               where r.id = new.request_id and dsr.names_subject(new.reason, r.integration_id)) then
        raise exception using errcode = 'check_violation', constraint = 'decision_names_no_customer',
            message = 'the reason contains the integration_id',
            hint = 'Give the reason without naming the customer.';
    end if;
    new.role := session_user;
    return new;
end
$$;

create trigger check_decision before insert on dsr.decisions
    for each row execute function dsr.check_decision();
