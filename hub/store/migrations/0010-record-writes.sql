-- Writes of records: creates and changes that channels ordered, carried to the systems of record.

-- Keys that the hub gives to new records, where a system leaves a range of numbers to it.
create sequence record_write_number;

create table record_write (
  no bigint generated always as identity primary key,
  id uuid not null unique,
  -- 0 create, 1 patch
  kind smallint not null,
  -- canonical entity, and the hub's id of the record: given out before the record exists
  target text not null,
  record_id uuid not null,
  system text not null,
  entity text not null,
  -- null: the system gives it, and has not yet
  key text,
  -- canonical: the new record, or the members that a patch sets
  wanted json not null,
  -- native, as they are sent, and what must be there before; kept before they are sent, so that a repeat is word for word
  fields json not null,
  expected json,
  idempotency_key text not null unique,
  -- 0 pending, 1 being written, 2 to be tried again, 3 written, 4 conflict, 5 failed
  state smallint not null,
  attempts integer not null,
  due_at timestamptz not null,
  problem json,
  author text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
) with (fillfactor = 80);
create index record_write_due on record_write (system, due_at) where state in (0, 1, 2);
create index record_write_record on record_write (record_id, no);
-- The pipeline looks here for the id of a record that it has not seen before.
create index record_write_lane on record_write (system, entity, key) where kind = 0;
create index record_write_state on record_write (state, no) where state <> 3;
create index record_write_over on record_write (updated_at) where state in (3, 4, 5);
