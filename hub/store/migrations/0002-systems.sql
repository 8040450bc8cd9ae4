-- What reading systems of record needs beside its checkpoints: rate budgets shared by all hub processes, and the
-- comparisons of a system with the hub.

-- One row for each system with a rate. A process leases a slice of the tokens at a time, so that the row is touched a few
-- times a second however many calls are made. `calls` and `records` are the tokens left, below zero where a page took more than
-- there was; `granted_...` what the last lease was given.
create table rate_budget (
  system text primary key,
  calls double precision not null,
  records double precision not null,
  granted_calls double precision not null,
  granted_records double precision not null,
  filled_at timestamptz not null,
  -- The system asked to be left in peace until then.
  held_until timestamptz
) with (fillfactor = 20);

-- Comparisons of a system with the hub, one row for each entity and run; the last ones are kept.
create table reconciliation (
  no bigint generated always as identity primary key,
  system text not null,
  entity text not null,
  -- drift: on schedule or on request; certificate: at the end of a backfill
  kind text not null check (kind in ('drift', 'certificate')),
  state text not null check (state in ('running', 'done', 'failed')),
  repair boolean not null,
  requested_by text,
  started_at timestamptz not null,
  finished_at timestamptz,
  -- Counts and hashes of both sides, what differs, examples of keys.
  report json not null
);

create index reconciliation_entity on reconciliation (system, entity, no desc);

-- What systems pushed to /v1/hooks in their own formats, added up by all processes.
create table system_push (
  system text primary key,
  received bigint not null,
  refused bigint not null,
  records bigint not null,
  last_received_at timestamptz,
  last_refused_at timestamptz,
  last_refused_code text
) with (fillfactor = 20);
