-- What an audit compares beyond hashes: the tables with the log, both ways. The functions run with the owner's rights and
-- return findings only, so that an auditor needs to read no digest and no free text.
--
-- Where the payload of an entry was dropped after its retention, its columns are still there, and what only the payload says
-- is not compared.

-- The decisions of operators about requests, as entries and decisions name them.
create function dsr.decision_events() returns text[]
    language sql immutable parallel safe
as $$
    select array['identity_checked', 'approved', 'extended', 'refused', 'reopened', 'cancelled', 'retried', 'suspended',
                 'resumed', 'incident_closed']
$$;

-- Compares requests after a number with their entries. Returns a row for each request of the page, with what does not match.
create function dsr.audit_requests(after_id bigint, at_most integer) returns table (id bigint, problems text[])
    language plpgsql stable
    security definer
as $$
#variable_conflict use_column
begin
    return query
    with page as materialized (
        select r.* from dsr.subject_requests r where r.id > after_id order by r.id limit at_most
    ), entry as materialized (
        select p.id as request, l.index, l.event, l.action, convert_from(b.payload, 'UTF8')::jsonb as body
        from page p
        join dsr.evidence_leaves l on l.request_id = p.id
        left join dsr.evidence_payloads b on b.index = l.index
    ), admission as materialized (
        select e.* from entry e where e.event = 'admitted'
    ), latest as materialized (
        -- The last entry that approves, and none that a reopening has taken back.
        select e.request,
               max(e.index) filter (where e.event = 'approved') as approved,
               max(e.index) filter (where e.event = 'reopened') as reopened,
               max(e.index) filter (where e.event in ('admitted', 'digested')) as digested,
               max(e.index) filter (where e.body ? 'answer_by') as dated,
               max(e.index) filter (where e.event = 'identity_checked') as checked,
               bool_or(e.body is null) as is_pruned
        from entry e
        group by e.request
    ), document as materialized (
        -- The documents that entries name. A list that was too long ends with a text.
        select e.request, e.index, e.event, d.value ->> 'name' as name, d.value ->> 'sha256' as sha256
        from entry e, jsonb_array_elements(e.body -> 'reports') d
        where e.event in ('recorded', 'delivered') and jsonb_typeof(d.value) = 'object'
    ), problem as (
        select a.request, a.index, format('its row has another commitment than log entry %s', a.index) as text
        from admission a join page p on p.id = a.request
        where a.body ->> 'subject' is distinct from encode(p.subject_commitment, 'hex') and a.body is not null
        union all
        select a.request, a.index, format('its row asks for %s, and log entry %s for %s', p.kind, a.index, a.body ->> 'right')
        from admission a join page p on p.id = a.request
        where a.body ->> 'right' is distinct from p.kind and a.body is not null
        union all
        select e.request, e.index, format('its row has another digest than log entry %s', e.index)
        from latest t join entry e on e.request = t.request and e.index = t.digested
        join page p on p.id = t.request
        where e.body ->> 'digest' is distinct from dsr.digest_hash(p.subject_key_id, p.subject_digest) and e.body is not null
        union all
        select e.request, e.index,
               format('its row must be answered by %s, and log entry %s says %s', p.answer_by, e.index, e.body ->> 'answer_by')
        from latest t join entry e on e.request = t.request and e.index = t.dated
        join page p on p.id = t.request
        where e.body ->> 'answer_by' is distinct from p.answer_by::text
        union all
        -- What was erased was announced before.
        select p.id, null, format('its row says %s, but no log entry announces a deletion', p.outcome)
        from page p
        where p.kind = 'erasure' and p.outcome in ('erased', 'record_remains')
          and not exists (
              select from dsr.evidence_leaves l
              where l.request_id in (p.id, p.answered_with) and l.action = 'delete_customer_data')
        union all
        select s.request, s.index,
               format('log entry %s announces a deletion, but none before it approves the erasure', s.index)
        from entry s join admission a on a.request = s.request
        where s.action = any (dsr.deletions()) and a.body -> 'needs' ? 'approval'
          and not exists (
              select from entry y where y.request = s.request and y.event = 'approved' and y.index < s.index
                and not exists (select from entry z where z.request = s.request and z.event = 'reopened'
                                  and z.index between y.index and s.index))
        union all
        select p.id, null, 'its row is approved, but no log entry says so'
        from page p left join latest t on t.request = p.id
        where p.approved_by is not null and coalesce(t.approved <= t.reopened, t.approved is null)
        union all
        select p.id, t.approved, format('log entry %s approves it, but its row is not approved', t.approved)
        from page p join latest t on t.request = p.id
        where p.approved_by is null and t.approved > coalesce(t.reopened, -1)
        union all
        select p.id, t.checked, 'its row and the log differ on whether the identity was verified, or how'
        from page p left join latest t on t.request = p.id
        left join entry e on e.request = p.id and e.index = t.checked
        where (p.identity_checked_at is null) <> (t.checked is null)
           or e.body ->> 'method' is distinct from p.identity_method and e.body is not null
        union all
        -- As many entries as decisions.
        select coalesce(e.request, d.request), null,
               format('log entries that say %s: %s, decisions: %s', coalesce(e.event, d.event), coalesce(e.number, 0),
                      coalesce(d.number, 0))
        from (
            select e.request, e.event, count(*) as number
            from entry e join page p on p.id = e.request
            where e.event = any (dsr.decision_events())
              -- The refusal of a malformed row is no decision.
              and (e.event <> 'refused' or coalesce(e.body ? 'ground', p.refusal_ground is not null))
            group by e.request, e.event
        ) e
        full join (
            select d.request_id as request, d.decision as event, count(*) as number
            from dsr.decisions d join page p on p.id = d.request_id
            where d.decision = any (dsr.decision_events())
            group by d.request_id, d.decision
        ) d on d.request = e.request and d.event = e.event
        where e.number is distinct from d.number
        union all
        select x.request_id, null, format('the document %s is not one that a log entry names with its digest', x.file_name)
        from page p join dsr.reports x on x.request_id = p.id
        join latest t on t.request = p.id
        left join document d on d.request = x.request_id and d.event = 'recorded' and d.name = x.file_name
            and d.sha256 = encode(x.sha256, 'hex')
        where not t.is_pruned and d.request is null
        union all
        select d.request, d.index, format('log entry %s names the document %s, which does not exist', d.index, d.name)
        from document d left join dsr.reports x on x.request_id = d.request and x.file_name = d.name
        where d.event = 'recorded' and x.id is null
        union all
        select x.request_id, null, format('the row and the log differ on whether the document %s was delivered', x.file_name)
        from page p join dsr.reports x on x.request_id = p.id
        join latest t on t.request = p.id
        left join document d on d.request = x.request_id and d.event = 'delivered' and d.name = x.file_name
            and d.sha256 = encode(x.sha256, 'hex')
        where not t.is_pruned and (x.delivered_at is null) <> (d.request is null)
    )
    select p.id, array(select q.text from problem q where q.request = p.id order by q.index nulls last, q.text)
    from page p
    order by p.id;
end
$$;

-- Entries about requests that do not exist, up to a number of them.
create function dsr.audit_lost_requests(at_most integer) returns table (request bigint, entries bigint)
    language sql stable
    security definer
as $$
    select l.request_id, count(*) from dsr.evidence_leaves l
    where l.request_id is not null and not exists (select from dsr.subject_requests r where r.id = l.request_id)
    group by l.request_id
    order by l.request_id
    limit at_most
$$;

-- Compares the holds with their entries. Returns what does not match.
create function dsr.audit_holds() returns table (hold bigint, problem text)
    language plpgsql stable
    security definer
as $$
#variable_conflict use_column
begin
    return query
    with entry as materialized (
        select l.index, l.event, convert_from(b.payload, 'UTF8')::jsonb as body
        from dsr.evidence_leaves l join dsr.evidence_payloads b on b.index = l.index
        where l.event in ('held', 'reviewed', 'released')
    ), said as materialized (
        select (e.body ->> 'hold')::bigint as hold, e.* from entry e
    ), dropped as materialized (
        -- Of entries without a payload it cannot be told which hold they were about.
        select exists (
            select from dsr.evidence_leaves l
            where l.event in ('held', 'reviewed', 'released')
              and not exists (select from dsr.evidence_payloads b where b.index = l.index)) as is_any
    )
    select h.id, 'it exists, but no log entry says that it was placed' from dsr.legal_holds h, dropped d
    where not d.is_any and not exists (select from said s where s.hold = h.id and s.event = 'held')
    union all
    select s.hold, format('log entry %s says that it was placed, but it does not exist', s.index) from said s
    where s.event = 'held' and not exists (select from dsr.legal_holds h where h.id = s.hold)
    union all
    select h.id, format('it has another digest or ground than log entry %s', s.index)
    from dsr.legal_holds h join said s on s.hold = h.id
    where s.body ->> 'digest' is distinct from dsr.digest_hash(h.subject_key_id, h.subject_digest)
       or s.body ->> 'ground' is distinct from 'art17_3_' || h.ground
    union all
    select h.id, 'it is released, but no log entry says so' from dsr.legal_holds h, dropped d
    where h.released_at is not null and not d.is_any
      and not exists (select from said s where s.hold = h.id and s.event = 'released')
    union all
    select h.id, format('log entry %s says that it was released, but it is in force', s.index)
    from dsr.legal_holds h join said s on s.hold = h.id and s.event = 'released'
    where h.released_at is null
    union all
    select h.id, format('it must be reviewed on %s, and log entry %s says %s', h.review_on, s.index, s.body ->> 'review_on')
    from dsr.legal_holds h
    join lateral (select x.* from said x where x.hold = h.id order by x.index desc limit 1) s on true
    where s.body ->> 'review_on' is distinct from h.review_on::text
    union all
    select h.id, format('log entries that say %s: %s, decisions: %s', v.event, c.entries, c.decisions)
    from dsr.legal_holds h
    cross join unnest('{held,reviewed,released}'::text[]) v (event)
    cross join dropped d
    cross join lateral (
        select (select count(*) from said s where s.hold = h.id and s.event = v.event) as entries,
               (select count(*) from dsr.decisions x where x.hold_id = h.id and x.decision = v.event) as decisions
    ) c
    where c.entries <> c.decisions and not d.is_any;
end
$$;

-- Compares the runs after a number with their last entries. Returns a row for each run of the page, with what does not match.
create function dsr.audit_runs(after_id bigint, at_most integer) returns table (id bigint, problems text[])
    language plpgsql stable
    security definer
as $$
#variable_conflict use_column
begin
    return query
    with page as materialized (
        select r.* from dsr.runs r where r.id > after_id order by r.id limit at_most
    ), entry as materialized (
        select l.index, (convert_from(b.payload, 'UTF8')::jsonb) as body
        from dsr.evidence_leaves l join dsr.evidence_payloads b on b.index = l.index
        where l.event = 'run_ended'
    ), first_kept as materialized (
        select min(l.written_at) as instant from dsr.evidence_leaves l join dsr.evidence_payloads b on b.index = l.index
    ), problem as (
        select p.id as run, 'it has ended, but no log entry says so' as text
        from page p, first_kept f
        where p.ended_at >= f.instant and not exists (select from entry e where (e.body ->> 'ended')::bigint = p.id)
        union all
        select p.id, format('log entry %s says that it ended otherwise', e.index)
        from page p join entry e on (e.body ->> 'ended')::bigint = p.id
        where p.ended_at is null or e.body ->> 'reason' is distinct from p.end_reason
        union all
        select p.id, format('the document %s is not one that a log entry names with its digest', x.file_name)
        from page p join dsr.reports x on x.run_id = p.id and x.request_id is null
        join entry e on (e.body ->> 'ended')::bigint = p.id
        where not coalesce(
            e.body -> 'reports' @> jsonb_build_array(jsonb_build_object('name', x.file_name, 'sha256', encode(x.sha256, 'hex'))), false)
        union all
        select p.id, format('log entry %s names the document %s, which does not exist', e.index, d.value ->> 'name')
        from page p join entry e on (e.body ->> 'ended')::bigint = p.id, jsonb_array_elements(e.body -> 'reports') d
        where not exists (select from dsr.reports x where x.run_id = p.id and x.file_name = d.value ->> 'name')
    )
    select p.id, array(select q.text from problem q where q.run = p.id order by q.text) from page p order by p.id;
end
$$;
