-- Rules: their revisions, which of them are in force, what was decided, and what they found in changes.

-- A revision is never changed: a correction is a new one.
create table rule_revision (
  no bigint generated always as identity,
  rule text not null,
  revision integer not null,
  -- envelope (YAML) and graph (JDM, JSON) as written, and the cases that must hold before they can be in force
  envelope text not null,
  graph text not null,
  cases text,
  -- of envelope and graph, whatever their layout: what decisions call their revision
  hash text not null,
  valid_from timestamptz,
  valid_to timestamptz,
  -- the workspace file (without its ending) that it was read from; null: written through the admin API
  file text,
  author text not null,
  note text,
  created_at timestamptz not null default now(),
  primary key (rule, revision)
);
create index rule_revision_file on rule_revision (file, no) where file is not null;
create index rule_revision_hash on rule_revision (hash);

-- Revisions lie on each other in the order in which they were put in force: the last one that holds at a moment decides.
-- Rolling back takes the uppermost away. The highest `no` tells every process whether anything has changed.
create table rule_publication (
  no bigint generated always as identity primary key,
  rule text not null,
  revision integer not null,
  act text not null check (act in ('publish', 'roll-back')),
  -- published and not taken back since
  active boolean not null,
  author text not null,
  at timestamptz not null default now(),
  foreign key (rule, revision) references rule_revision (rule, revision)
);
create index rule_publication_rule on rule_publication (rule, no);

-- What was decided, so that it can be explained and repeated. Ids are in order of time.
create table decision_log (
  id uuid primary key,
  rule text not null,
  revision integer not null,
  hash text not null,
  -- the rules that it called: their hashes by name
  called json,
  -- the moment that it was decided for, and when
  moment timestamptz not null,
  decided_at timestamptz not null,
  actor text not null,
  customer_id uuid,
  -- what the caller sent, and what the hub added to it; null: too large to be kept
  given json,
  filled json,
  -- null: the rule could not decide, `code` says why
  result json,
  code text,
  trace text not null
);
create index decision_log_rule on decision_log (rule, id);
create index decision_log_customer on decision_log (customer_id, id) where customer_id is not null;

-- What rules found in golden records, without stopping anything.
create table customer_note (
  customer_id uuid not null references customer (id),
  rule text not null,
  revision integer not null,
  findings json not null,
  at timestamptz not null,
  primary key (customer_id, rule)
);
create index customer_note_rule on customer_note (rule, customer_id);

-- Fields of a record that rules added to what its mapping made: `rule#revision` by path.
alter table source_record add column enriched json;
