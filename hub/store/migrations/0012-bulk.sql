-- Imports and exports of many records: jobs, and what they leave behind for a while.

create table bulk_job (
  no bigint generated always as identity primary key,
  id uuid not null unique,
  kind text not null check (kind in ('import', 'export')),
  state text not null
    check (state in ('waiting', 'running', 'interrupted', 'completed', 'failed', 'cancelled', 'expired')),
  -- who asked: as the audit trail names them, their key, role and system
  actor text not null,
  key_id text not null,
  role text not null,
  system text,
  request json not null,
  -- lines read (import) or written (export), and their bytes
  lines bigint not null default 0,
  bytes bigint not null default 0,
  accepted bigint not null default 0,
  duplicates bigint not null default 0,
  rejected bigint not null default 0,
  -- of an import: changes whose way has ended, in the words of the ledger
  applied bigint not null default 0,
  superseded bigint not null default 0,
  refused bigint not null default 0,
  discarded bigint not null default 0,
  -- of an export: records looked at, of how many
  looked bigint not null default 0,
  total bigint,
  snapshot_at timestamptz,
  problem json,
  -- who works on it: a name given anew with each turn, and when it was last heard of
  turn uuid,
  beat_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ended_at timestamptz,
  expires_at timestamptz
) with (fillfactor = 50);
create index bulk_job_kind on bulk_job (kind, no);
create index bulk_job_work on bulk_job (kind, state) where state in ('waiting', 'running');
create index bulk_job_expires on bulk_job (expires_at) where expires_at is not null;

-- Ledger entries of an import's changes that are still on their way, some hundreds a row.
create table bulk_entries (
  job_no bigint not null references bulk_job (no) on delete cascade,
  line bigint not null,
  entries bigint[] not null,
  primary key (job_no, line)
);

-- Lines of an import that were not taken; the first ones, all are counted.
create table bulk_fault (
  job_no bigint not null references bulk_job (no) on delete cascade,
  line bigint not null,
  faults json not null,
  primary key (job_no, line)
);

-- The lines of an export, compressed (gzip), so that any process can serve them.
create table bulk_chunk (
  job_no bigint not null references bulk_job (no) on delete cascade,
  no integer not null,
  first_line bigint not null,
  lines integer not null,
  first_byte bigint not null,
  bytes integer not null,
  content bytea not null,
  primary key (job_no, no)
);
alter table bulk_chunk alter column content set storage external;
