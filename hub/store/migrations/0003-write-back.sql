-- Write-back: what the hub carries to the systems of record.

-- When parts of a record were said, by field path, where that differs from changed_at: with write-back only.
alter table source_record add column field_times json;

-- An edit through the API: it outranks what the systems said before, and gives way when one of them changes the field itself.
alter table golden_override add column yields boolean not null default false;

-- One row for each record that the hub has something to write to, or has written to and not read again since.
create table write_back (
  record_no bigint primary key,
  system text not null,
  entity text not null,
  key text not null,
  -- 0 nothing to do, 1 pending, 2 being written, 3 to be tried again, 4 conflict: a steward decides, 5 failed
  state smallint not null,
  -- canonical values that the record is to have, coalesced: the last ones count
  wants json not null,
  -- native values written since the record was last read, with those that they replaced
  overlay json not null,
  -- the write that was begun; kept until its outcome is known, so that it can be repeated word for word
  attempt json,
  -- a reading showed what the hub had replaced: the system is asked which it has
  verify boolean not null,
  generation integer not null,
  attempts integer not null,
  due_at timestamptz not null,
  -- since when something waits; null: nothing does
  waiting_since timestamptz,
  problem json,
  conflict json,
  updated_at timestamptz not null default now()
) with (fillfactor = 75);
create index write_back_due on write_back (system, due_at) where state in (1, 2, 3);
create index write_back_state on write_back (state, record_no) where state <> 0;

-- Answers to requests that came with an Idempotency-Key, kept for a day: the same request again gets the same answer.
create table idempotent_answer (
  caller text not null,
  key text not null,
  request_hash bytea not null,
  status smallint not null,
  headers json not null,
  body text not null,
  at timestamptz not null default now(),
  primary key (caller, key)
);
create index idempotent_answer_at on idempotent_answer (at);
