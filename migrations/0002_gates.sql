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
    review_on      date        not null,
    -- The last day of the hold, where the law gives one.
    expires_on     date,
    released_by    text,
    released_at    timestamptz,
    check ((released_at is null) = (released_by is null))
);

create index legal_holds_of_subject on dsr.legal_holds (subject_digest) where released_at is null;
create index legal_holds_of_key on dsr.legal_holds (subject_key_id) where released_at is null;

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
    asked_on    date   not null,
    answered_on date   check (answered_on >= asked_on)
);

-- One open interval of each cause: a question that is still open is not asked twice.
create unique index suspensions_open on dsr.suspensions (request_id, cause) where answered_on is null;
create index suspensions_of_request on dsr.suspensions (request_id);

-- The decisions of operators about requests and holds, and their reasons. The ticket is in the evidence log too. The
-- reason is free text, so it is only here, and is deleted when the subject is erased.
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
-- inserted it, or by the operating-system user who ran dsr for it.
create function dsr.is_requester(request dsr.subject_requests, name text) returns boolean
    language sql stable
as $$
    select coalesce(dsr.same_name(name, request.requested_by), false)
        or coalesce(dsr.same_name(name, request.inserted_by::text), false)
        or coalesce(dsr.same_name(name, request.submitted_by), false)
$$;

-- A ticket is in the evidence log for good, so it must be a reference and not a text.
create function dsr.is_ticket(ticket text) returns boolean
    language sql immutable parallel safe
as $$
    select ticket ~ '^[A-Za-z0-9][A-Za-z0-9._:/#-]{0,99}$'
$$;

-- MARK: Gates

-- The gate that another request of the same subject closes; null where none does. The requests of one subject are
-- processed one after another: access, portability and rectification before erasure, and then in the order of arrival.
-- An access or portability that failed holds the erasure back too, because it could never be answered after it. An
-- unverified request never blocks other requests.
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
    set search_path = pg_catalog, pg_temp
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
    if dsr.identifier_problem(new.integration_id) is not null then
        raise exception using errcode = 'check_violation', constraint = 'integration_id_is_addressable',
            message = 'the integration_id ' || dsr.identifier_problem(new.integration_id),
            hint = 'Give the integrationId of the customer exactly as Talon.One has it.';
    end if;
    if new.received_at > clock_timestamp() + interval '5 minutes' then
        raise exception using errcode = 'check_violation', constraint = 'received_at_is_past',
            message = 'received_at is in the future',
            hint = 'received_at is the instant at which the request reached the controller; omit it for the present.';
    end if;
    if new.received_at < 'epoch' then
        raise exception using errcode = 'check_violation', constraint = 'received_at_is_plausible',
            message = 'received_at is before 1970',
            hint = 'received_at is the instant at which the request reached the controller; omit it for the present.';
    end if;
    -- Postgres stores the escape, and cannot read it.
    if new.changes::text ~ '(^|[^\\])(\\\\)*\\u0000' then
        raise exception using errcode = 'check_violation', constraint = 'changes_are_storable',
            message = 'a text in changes has the character U+0000',
            hint = 'Remove it: Postgres cannot read it.';
    end if;
    if new.kind = 'rectification' and (new.changes is null or json_typeof(new.changes) <> 'object'
                                       or not exists (select from json_object_keys(new.changes))) then
        raise exception using errcode = 'check_violation', constraint = 'rectification_has_changes',
            message = 'a rectification needs changes',
            hint = 'changes is a JSON object of attribute names and new values; null clears an attribute.';
    end if;
    if dsr.repeats_a_name(new.changes) then
        raise exception using errcode = 'check_violation', constraint = 'changes_are_unambiguous',
            message = 'a name occurs twice in one object of changes',
            hint = 'Give each name once: JSON does not say which of two values counts.';
    end if;
    if new.kind <> 'rectification' and new.changes is not null then
        raise exception using errcode = 'check_violation', constraint = 'only_rectification_has_changes',
            message = 'only a rectification has changes',
            hint = 'Omit changes, or insert the row with kind rectification.';
    end if;
    if not dsr.is_ticket(new.ticket) then
        raise exception using errcode = 'check_violation', constraint = 'ticket_is_a_reference',
            message = 'ticket is not a reference of up to 100 letters, digits and . _ : / # -',
            hint = 'The evidence log keeps the ticket for good: give its number, no name and no address.';
    end if;
    if char_length(new.integration_id) >= 4 and position(new.integration_id in new.ticket) > 0 then
        raise exception using errcode = 'check_violation', constraint = 'ticket_is_a_reference',
            message = 'ticket contains the integration_id',
            hint = 'The evidence log keeps the ticket for good, and must not name the customer.';
    end if;
    if new.state <> 'pending' or new.claim_no <> 0 or new.failures <> 0 or new.may_have_acted
        or num_nonnulls(
            new.waiting_for, new.admitted_at, new.time_zone, new.notice_by, new.answer_by, new.latest_lawful, new.deadline,
            new.extension_told_on, new.identity_checked_at, new.approved_at, new.not_erased_before,
            new.subject_commitment, new.subject_digest, new.subject_key_id, new.not_before, new.run_id, new.outcome,
            new.reason, new.finished_at, new.forget_at, new.refusal_ground, new.refusal_told_on) > 0 then
        raise exception using errcode = 'check_violation', constraint = 'new_request_is_pending',
            message = 'a new request is pending and has no result',
            hint = 'Give kind and integration_id and, where they are known, received_at, ticket, requested_by, channel, '
                'needs_identity and changes.';
    end if;
    -- The role is a fact and never a claim of the inserter.
    new.inserted_by := session_user;
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
        ('waiting', 'pending'), ('waiting', 'refused'), ('waiting', 'cancelled'),
        ('running', 'pending'), ('running', 'waiting'), ('running', 'completed'), ('running', 'refused'), ('running', 'failed'),
        ('failed', 'pending'), ('failed', 'refused'), ('failed', 'cancelled'),
        ('refused', 'pending')
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
                'This state is final. Insert a new request.');
    end if;

    -- The evidence log has committed to what was admitted.
    if old.admitted_at is not null and (
        new.kind <> old.kind or new.received_at <> old.received_at or new.admitted_at is distinct from old.admitted_at
        or new.integration_id <> old.integration_id or new.changes::text <> old.changes::text
        or new.replay_of is distinct from old.replay_of
        or (new.inserted_by, new.submitted_by) is distinct from (old.inserted_by, old.submitted_by)
        -- The requester can be the subject, so the name is deleted together with the identifier.
        or (new.requested_by is distinct from old.requested_by and num_nonnulls(new.requested_by, new.integration_id) > 0)
    ) then
        raise exception using errcode = 'check_violation', constraint = 'admitted_content_stays',
            message = 'the content of an admitted request cannot change',
            hint = 'Cancel the request and insert a new one.';
    end if;
    if new.claim_no <> old.claim_no + (old.state = 'pending' and new.state = 'running')::int then
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
    if new.approved_by is not null
       and (new.approved_by, new.approved_at, new.approved_content) is distinct from
           (old.approved_by, old.approved_at, old.approved_content) then
        if new.kind <> 'erasure' or new.admitted_at is null or new.state not in ('pending', 'waiting') then
            raise exception using errcode = 'check_violation', constraint = 'approval_is_of_an_open_erasure',
                message = 'only an erasure that is admitted and open can be approved';
        end if;
        if dsr.is_requester(new, new.approved_by) or dsr.folded_name(new.approved_by) = '' then
            raise exception using errcode = 'check_violation', constraint = 'approval_takes_two',
                message = 'the requester cannot approve their own erasure',
                hint = 'The approver differs from requested_by, from the role that inserted the request, and from the '
                    'operator who submitted it.';
        end if;
        new.approved_with_role := session_user;
        new.approved_at := clock_timestamp();
        new.approved_content := dsr.content_digest(new);
    else
        new.approved_with_role := old.approved_with_role;
    end if;
    if new.extension_told_on is distinct from old.extension_told_on
       and (old.extension_told_on is not null or new.extension_told_on is null or new.notice_by is null
            or new.extension_told_on > new.notice_by or dsr.today(new.time_zone) > new.notice_by) then
        raise exception using errcode = 'check_violation', constraint = 'extension_is_told_in_the_first_month',
            message = 'a deadline is extended once, and the customer is told within one month of receipt',
            hint = 'Art. 12(3) GDPR.';
    end if;
    if new.state in ('refused', 'cancelled') and new.state <> old.state then
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

-- A hold can be reviewed and released. Nothing else about it changes, and it is never deleted.
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
            message = 'a legal hold can be reviewed and released, and not changed otherwise';
    end if;
    return new;
end
$$;

create trigger check_changed_hold before update or delete on dsr.legal_holds
    for each row execute function dsr.check_changed_hold();

-- The reason is free text for operators, and must not name the subject.
create function dsr.check_decision() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    if num_nonnulls(new.reason, new.ticket) = 0 then
        raise exception using errcode = 'check_violation', constraint = 'decision_has_a_reason',
            message = 'a decision needs a reason or a ticket';
    end if;
    if not dsr.is_ticket(new.ticket) then
        raise exception using errcode = 'check_violation', constraint = 'ticket_is_a_reference',
            message = 'ticket is not a reference of up to 100 letters, digits and . _ : / # -',
            hint = 'The evidence log keeps the ticket for good: give its number, no name and no address.';
    end if;
    if exists (select from dsr.subject_requests r
               where r.id = new.request_id and char_length(r.integration_id) >= 4
                 and position(lower(r.integration_id) in lower(concat_ws(E'\n', new.reason, new.ticket))) > 0) then
        raise exception using errcode = 'check_violation', constraint = 'decision_names_no_customer',
            message = 'the reason or the ticket contains the integration_id',
            hint = 'Give the reason without naming the customer.';
    end if;
    return new;
end
$$;

create trigger check_decision before insert on dsr.decisions
    for each row execute function dsr.check_decision();
