-- Secrets of the hub itself, sealed with the master key.
create table hub_secret (
  name text primary key,
  value text not null,
  created_at timestamptz not null default now()
);

-- Customers that were erased: what was done, and the proof of it. Nothing in here says who they were.
create table erasure (
  id uuid primary key,
  customer_id uuid not null unique references customer (id),
  -- itself and all that were joined into it
  customers uuid[] not null,
  -- sweeping: what is left in logs and answers is still being looked for; done: it was looked for again after a while
  state text not null check (state in ('sweeping', 'done')),
  reason text not null,
  note text,
  requested_at timestamptz,
  actor text not null,
  erased_at timestamptz not null,
  finished_at timestamptz,
  -- rows removed or emptied, by table
  counts json not null,
  -- hub ids of the other records, and what became of them
  records json not null,
  event_id uuid not null,
  -- where the log of events ended: positions up to here are never given out again, though their rows may be gone
  log_end bigint not null,
  -- sealed: what is to be looked for; null once that is done
  work text,
  sweeps integer not null default 0,
  due_at timestamptz
);
create index erasure_due on erasure (due_at) where work is not null;
create index erasure_log_end on erasure (log_end);

-- Lanes of the erased, by a keyed hash (HMAC-SHA-256) of their names: changes of them are not applied any more.
create table erased_lane (
  hash bytea primary key check (octet_length(hash) = 32),
  erasure_id uuid not null references erasure (id),
  -- kept: a record that is kept without the person; its later changes are cut in the same way
  kept boolean not null,
  -- changes that came since
  seen bigint not null default 0,
  seen_at timestamptz
);
create index erased_lane_erasure on erased_lane (erasure_id);

-- What systems of record have to do: delete these records. A key stays until its system has confirmed.
create table erasure_task (
  no bigint generated always as identity primary key,
  erasure_id uuid not null references erasure (id),
  system text not null,
  entity text not null,
  key text,
  hash bytea not null,
  confirmed_at timestamptz,
  confirmed_by text
);
create index erasure_task_erasure on erasure_task (erasure_id, no);
create index erasure_task_open on erasure_task (hash) where confirmed_at is null;

-- Records that are at home with another customer than theirs: joined ones, and those that were deleted in their systems.
create index source_record_away on source_record (home_id) where customer_id is distinct from home_id;
