-- A month is published when its draft was compiled from everything the ledger had stated by the month's end. During a
-- rebuild, an outage or behind a long queue the appraisal has less: what is then compiled is a draft and nothing more.
alter table appraisal.drafts
add column starts timestamptz,
add column ends timestamptz,
-- How many of the month's facts and notices it was compiled from.
add column facts bigint,
add column notices bigint,
-- What the ledger had stated by the month's end and the appraisal had not taken; null: nobody looked.
add column missing bigint check (missing >= 0);

grant select on ledger.fact_keys, ledger.notice_keys to appraisal;
grant usage on schema ledger to appraisal_definer;
grant select on ledger.fact_keys, ledger.notice_keys to appraisal_definer;
grant select on appraisal.facts, appraisal.notices to appraisal_definer;

-- Raises 55000 unless the draft of a month is whole, and the facts of the month are still those it was compiled from.
create function appraisal.require_complete(draft appraisal.drafts) returns void
language plpgsql stable security definer set search_path = pg_catalog
as $$
begin
    if draft.missing is null or draft.starts is null then
        raise object_not_in_prerequisite_state using message = 'nobody looked yet whether the month is complete';
    end if;
    if draft.missing > 0 then
        raise object_not_in_prerequisite_state
        using message = format('the month is not complete: %s facts of the ledger are still to come', draft.missing);
    end if;
    if draft.facts <> (select count(*) from appraisal.facts f where f.at >= draft.starts and f.at < draft.ends)
        or draft.notices <> (select count(*) from appraisal.notices n where n.at >= draft.starts and n.at < draft.ends)
    then
        raise object_not_in_prerequisite_state
        using message = 'the month is not complete: its facts changed since the draft was compiled';
    end if;
    if exists (
        select from ledger.fact_keys k where k.at >= draft.starts and k.at < draft.ends
        and not exists (select from appraisal.facts f where f.case_id = k.id and f.version = k.version)
    ) or exists (
        select from ledger.notice_keys k where k.at >= draft.starts and k.at < draft.ends
        and not exists (select from appraisal.notices n where n.notice_id = k.id)
    ) then
        raise object_not_in_prerequisite_state
        using message = 'the month is not complete: facts of the ledger are still to come';
    end if;
end $$;

create or replace function appraisal.publish_bulletin(period text, seen bytea, token_hash bytea) returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog
as $$
#variable_conflict use_variable
declare
    person constant uuid := appraisal.require_leader(token_hash);
    instant constant timestamptz := clock.now();
    draft appraisal.drafts;
begin
    select d.* into draft from appraisal.drafts d where d.period = period;
    if not found or not draft.over then
        raise no_data_found using message = 'no complete draft of this month';
    end if;
    if sha256(draft.body) <> seen then
        raise serialization_failure using message = 'the draft changed since it was looked at';
    end if;
    if exists (select from appraisal.bulletins b where b.period = period) then
        raise unique_violation using message = 'published already';
    end if;
    perform appraisal.require_complete(draft);
    insert into appraisal.bulletins (period, body, workbook, published_at, published_by)
    values (period, draft.body, draft.workbook, instant, person);
    return instant;
end $$;

create or replace function appraisal.publish_drafted_grades(period text, seen bytea, token_hash bytea) returns integer
language plpgsql volatile security definer set search_path = pg_catalog
as $$
#variable_conflict use_variable
declare
    drafted record;
    draft appraisal.drafts;
    units text[];
    grades text[];
    points text[];
begin
    perform appraisal.require_leader(token_hash);
    select * into drafted from appraisal.grades_drafted d where d.period = period;
    if not found or not drafted.over then
        raise no_data_found using message = 'no complete grades of this month';
    end if;
    if drafted.seen <> seen then
        raise serialization_failure using message = 'the grades changed since they were looked at';
    end if;
    select d.* into draft from appraisal.drafts d where d.period = period;
    perform appraisal.require_complete(draft);
    select array_agg(g.unit order by g.unit), array_agg(g.grade order by g.unit), array_agg(g.points order by g.unit)
    into units, grades, points
    from jsonb_to_recordset(drafted.graded) as g (unit text, grade text, points text);
    return appraisal.publish_grades(period, units, grades, points, token_hash);
end $$;

do $$
declare
    signature text;
begin
    foreach signature in array array[
        'appraisal.require_complete(appraisal.drafts)', 'appraisal.publish_bulletin(text, bytea, bytea)',
        'appraisal.publish_drafted_grades(text, bytea, bytea)'
    ] loop
        execute format('alter function %s owner to appraisal_definer', signature);
    end loop;
end $$;
revoke all on function appraisal.require_complete(appraisal.drafts) from public;

-- The desk says so beside the draft.
create or replace view appraisal.bulletins_shown as
select b.period, b.body, b.workbook, b.sha256, b.published_at, true as over, 0::bigint as missing
from appraisal.bulletins b
union all
select d.period, d.body, d.workbook, sha256(d.body), null, d.over, d.missing from appraisal.drafts d
where not exists (select from appraisal.bulletins b where b.period = d.period);
