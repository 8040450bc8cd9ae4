-- What the records of entities other than customer are found by. A table of its own: an index on a part of
-- source_record.document would make every update of a customer's record write all of that table's indexes anew.

create table record_search (
  record_no bigint primary key references source_record (no) on delete cascade,
  target text not null,
  -- `invoice.status=overdue`, and for references `invoice.order=<system><US><entity><US><key>` (US: U+001F)
  facets text[] not null,
  -- days and moments as ISO 8601 text, moments in UTC
  day text collate "C",
  due text collate "C",
  changed_at timestamptz not null,
  words tsvector
);
create index record_search_target on record_search (target, record_no);
create index record_search_facets on record_search using gin (facets);
create index record_search_day on record_search (target, day) where day is not null;
create index record_search_due on record_search (target, due) where due is not null;
create index record_search_changed on record_search (target, changed_at);
create index record_search_words on record_search using gin (words) where words is not null;

-- Records that are there already. hub/contracts/record-search.ts has the table from now on.
with search (target, equal, refs, days, dues, words) as (
  values
    ('account', '{number,kind,status,currency}'::text[], '{}'::text[], '{openedOn}'::text[], '{}'::text[], '{number,name}'::text[]),
    ('invoice', '{number,kind,status}', '{order}', '{issuedOn}', '{dueOn}', '{}'),
    ('payment', '{number,direction,status,method}', '{invoice}', '{paidAt,paidOn}', '{}', '{}'),
    ('order', '{number,status,channel,trackingNumber}', '{offer}', '{orderedAt,orderedOn}', '{requiredOn}', '{}'),
    ('product', '{number,kind,status,category,brand,gtin}', '{}', '{}', '{}', '{number,name,brand,category}'),
    ('stock-level', '{}', '{product}', '{}', '{}', '{}'),
    ('case', '{number,kind,status,priority,channel,assignee}', '{product,order,invoice}', '{openedAt}', '{dueAt}', '{number,subject}'),
    ('interaction', '{channel,direction,status,agent}', '{case,order}', '{at}', '{}', '{subject}'),
    ('consent', '{purpose,channel,state,legalBasis}', '{}', '{at}', '{expiresAt}', '{}'),
    ('offer', '{number,status,channel,campaign}', '{product}', '{validFrom}', '{validTo}', '{number,name}')
), facet as (
  select r.no, n.name, lower(r.document ->> n.name) as value
  from source_record r join search s on s.target = r.target cross join unnest(s.equal) as n(name)
  where not r.deleted and r.document ->> n.name is not null
  union all
  select r.no, n.name,
         coalesce(r.document -> n.name ->> 'system', r.system) || chr(31) || (r.document -> n.name ->> 'entity') || chr(31)
           || (r.document -> n.name ->> 'key')
  from source_record r join search s on s.target = r.target cross join unnest(s.refs) as n(name)
  where not r.deleted and r.document -> n.name ->> 'key' is not null
), days as (
  select r.no, d.is_due, min(array[d.at::text, r.document ->> d.name]) as first
  from source_record r join search s on s.target = r.target
  cross join lateral (
    select false as is_due, name, at from unnest(s.days) with ordinality as u(name, at)
    union all select true, name, at from unnest(s.dues) with ordinality as u(name, at)
  ) d
  where not r.deleted and r.document ->> d.name is not null
  group by r.no, d.is_due
), moments as (
  select no, is_due, case when length(first[2]) <= 10 then first[2]
    else to_char(first[2]::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end as moment
  from days
)
insert into record_search (record_no, target, facets, day, due, changed_at, words)
select r.no, r.target,
  array(
    select r.target || '.' || f.name || '=' || case when length(f.value) <= 300 then f.value
      else 'sha256:' || encode(sha256(convert_to(f.value, 'UTF8')), 'hex') end
    from facet f where f.no = r.no
  ),
  (select moment from moments m where m.no = r.no and not m.is_due),
  (select moment from moments m where m.no = r.no and m.is_due),
  r.changed_at,
  case when cardinality(s.words) > 0 then to_tsvector('simple', coalesce(
    (select string_agg(lower(r.document ->> w.name), ' ') from unnest(s.words) as w(name)), '')) end
from source_record r join search s on s.target = r.target
where not r.deleted and r.document is not null;
