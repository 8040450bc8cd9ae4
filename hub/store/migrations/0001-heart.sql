-- The hub's tables. Words are those of docs/glossary.md. Two habits run through them:
-- documents are `json`, not `jsonb`, where the database need not look inside: their text is passed on as it came;
-- rows that change often leave room in their page (fillfactor), so that an update touches no index.

-- The ledger: one row for each change that was ever accepted. `no` is the order of acceptance.
create table change_entry (
  no bigint generated always as identity primary key,
  system text not null,
  change_id text not null,
  -- 0 in flight, 1 applied, 2 superseded, 3 parked, 4 rejected, 5 discarded
  state smallint not null default 0,
  accepted_at timestamptz not null default now(),
  unique (system, change_id)
) with (fillfactor = 80);

-- The same account as running totals, so that it can be read at any moment. Writers each have a shard of their own
-- and never wait for each other; the sum over the shards is the ledger. Kept in the transaction of what it counts.
create table ledger_count (
  shard integer primary key,
  accepted bigint not null default 0,
  applied bigint not null default 0,
  superseded bigint not null default 0,
  parked bigint not null default 0,
  rejected bigint not null default 0,
  discarded bigint not null default 0,
  in_flight bigint not null default 0
) with (fillfactor = 20);

-- Entries that are in the ledger but not yet known to be in the bus. A row lives for some milliseconds; one that
-- stays belongs to a process that died, and its changes were never answered as accepted.
create table accept_batch (
  no bigint generated always as identity primary key,
  process text not null,
  entries bigint[] not null,
  created_at timestamptz not null default now()
);

-- Changes that could not be applied, with their cause. A lane with a row here is held: what follows in it waits here too.
create table parked_change (
  no bigint primary key,
  system text not null,
  entity text not null,
  key text not null,
  change_id text not null,
  change json not null,
  -- true: nothing is wrong with this one, it waits behind another of its lane
  waiting boolean not null,
  cause_code text not null,
  cause_message text not null,
  cause_where text,
  cause_fix text,
  cause_problems json,
  revision integer not null default 0,
  edited_by text,
  parked_at timestamptz not null default now()
);
create index parked_change_lane on parked_change (system, entity, key, no);
create index parked_change_cause on parked_change (system, entity, cause_code, no);

-- Earlier forms of parked changes that somebody edited.
create table parked_revision (
  no bigint not null,
  revision integer not null,
  change json not null,
  edited_by text,
  edited_at timestamptz not null default now(),
  primary key (no, revision)
);

-- What came over the bus and can't be a change at all: kept with its reason.
create table rejected_message (
  no bigint primary key,
  system text not null,
  code text not null,
  message text not null,
  location text,
  body bytea not null,
  rejected_at timestamptz not null default now()
);

-- The last accepted state of each lane, raw and as the mapping made it.
create table source_record (
  no bigint generated always as identity primary key,
  system text not null,
  entity text not null,
  key text not null,
  -- 0 none (order of acceptance), 1 text, 2 integer
  sequence_kind smallint not null,
  sequence text,
  change_no bigint not null,
  change_id text not null,
  changed_at timestamptz not null,
  deleted boolean not null,
  raw json,
  target text,
  document json,
  mapping_revision integer,
  -- canonical entities other than customer: their public id and what they point at (lane names)
  public_id uuid,
  customer_ref text,
  account_ref text,
  -- customers: the one it belongs to now, the one it falls back to when that is split, and what identity looks at
  customer_id uuid,
  home_id uuid,
  features json,
  unique (system, entity, key)
) with (fillfactor = 75);
create index source_record_customer on source_record (customer_id) where customer_id is not null;
create unique index source_record_public on source_record (public_id) where public_id is not null;
create index source_record_customer_ref on source_record (customer_ref, target) where customer_ref is not null;
create index source_record_account_ref on source_record (account_ref, target) where account_ref is not null;
create index source_record_target on source_record (target, no) where target <> 'customer';

create table customer (
  id uuid primary key,
  -- 0 active, 1 joined into another, 2 closed (no records left), 3 erased
  state smallint not null default 0,
  joined_into uuid references customer (id),
  version integer not null,
  -- why this version was written (created, changed, joined, reopened, closed) and which fields it changed
  cause text not null,
  changed text[] not null,
  golden json not null,
  search tsvector not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
) with (fillfactor = 75);
create index customer_joined_into on customer (joined_into) where joined_into is not null;
create index customer_search on customer using gin (search);

-- What a customer was before its present version, moved here when that one was written: a new customer has no row.
create table customer_former (
  customer_id uuid not null,
  version integer not null,
  at timestamptz not null,
  cause text not null,
  changed text[] not null,
  golden json not null,
  primary key (customer_id, version)
);

-- All versions of all customers, the present ones among them.
create view customer_version as
  select customer_id, version, at, cause, changed, golden from customer_former
  union all
  select id, version, updated_at, cause, changed, golden from customer;

-- A steward's value for a field; it outranks every system until it is removed.
create table golden_override (
  customer_id uuid not null references customer (id),
  path text not null,
  value json not null,
  author text not null,
  at timestamptz not null default now(),
  primary key (customer_id, path)
);

-- Which records hold which match key (a 64-bit hash): how candidates are found.
create table match_key (
  hash bigint not null,
  record_no bigint not null,
  primary key (hash, record_no)
);

-- Pairs of records that look alike enough to be joined or reviewed, with the log2 weight each field gave.
create table match_edge (
  a bigint not null,
  b bigint not null,
  weight double precision not null,
  -- the same in a customer of several records, where standing in different systems says nothing more
  among_others double precision not null,
  fields json not null,
  at timestamptz not null default now(),
  primary key (a, b),
  check (a < b)
);
create index match_edge_b on match_edge (b);

-- A steward's word on a pair of records; it outranks every weight until it is withdrawn.
create table match_decision (
  a bigint not null,
  b bigint not null,
  kind text not null check (kind in ('must-join', 'must-not-join')),
  author text not null,
  note text,
  at timestamptz not null default now(),
  primary key (a, b),
  check (a < b)
);
create index match_decision_b on match_decision (b);

-- Records whose matches must be looked at again: a value of theirs became common or stopped being so, or the model changed.
create table match_recheck (
  record_no bigint primary key,
  reason text not null,
  at timestamptz not null default now()
);

-- Matching documents (config/matching.yaml or published since). A version is never changed: a correction is a new one.
create table match_model (
  version integer primary key,
  document json not null,
  -- workspace: read from a file; console: published through the admin API
  origin text not null check (origin in ('workspace', 'console')),
  author text not null,
  note text,
  created_at timestamptz not null default now()
);

-- What an explicit command counted in the stored records: how common values are, how far systems overlap.
create table match_snapshot (
  version integer primary key,
  records integer not null,
  -- records that the overlap of systems was measured on: all, or a sample of whole customers
  measured integer not null,
  snapshot json not null,
  author text not null,
  note text,
  created_at timestamptz not null default now()
);

-- What matching rested on since when: the last row is in force, the ones before it are the history that a roll-back reads.
create table match_basis (
  no bigint generated always as identity primary key,
  model integer not null references match_model,
  -- null: the model's own figures
  snapshot integer references match_snapshot,
  -- the rules by which features and keys of records are made; they come with the program
  features_form integer not null,
  author text not null,
  at timestamptz not null default clock_timestamp(),
  -- When matches must be looked at again, and when that was put in hand: null while it is still to do.
  rechecks_due_at timestamptz not null,
  rechecks_enqueued_at timestamptz
);

-- Events on their way out, in the order in which they were made for each customer. A golden record is not written a
-- second time: the event names the customer's version, and its text is put together when it is sent.
create table outbox (
  no bigint generated always as identity primary key,
  id uuid not null,
  type text not null,
  customer_id uuid,
  subject text not null,
  at timestamptz not null,
  -- members of the event's data; with golden_id also `customer`: the golden record of that customer in that version
  data json not null,
  golden_id uuid,
  golden_version integer
);

-- Events that went out, in the one order in which the event stream shows them.
create table event_log (
  position bigint primary key,
  id uuid not null,
  type text not null,
  customer_id uuid,
  subject text not null,
  at timestamptz not null,
  data json not null,
  golden_id uuid,
  golden_version integer
);
create index event_log_customer on event_log (customer_id, position) where customer_id is not null;
create index event_log_at on event_log using brin (at);

create table mapping_revision (
  system text not null,
  entity text not null,
  revision integer not null,
  state text not null check (state in ('draft', 'published', 'retired')),
  document text not null,
  cases text,
  -- workspace: read from a file; console: written through the admin API
  origin text not null check (origin in ('workspace', 'console')),
  author text not null,
  note text,
  created_at timestamptz not null default now(),
  published_at timestamptz,
  primary key (system, entity, revision)
);
create unique index mapping_revision_published on mapping_revision (system, entity) where state = 'published';

-- Records that a new mapping revision or survivorship rule touches, worked off in order of `last_no`.
create table reprojection (
  system text not null,
  entity text not null,
  revision integer not null,
  last_no bigint not null default 0,
  done bigint not null default 0,
  changed bigint not null default 0,
  failed bigint not null default 0,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (system, entity, revision)
);

create table connector_checkpoint (
  system text not null,
  entity text not null,
  kind text not null,
  checkpoint json not null,
  updated_at timestamptz not null default now(),
  primary key (system, entity, kind)
);

create table system_state (
  system text primary key,
  paused boolean not null default false,
  paused_by text,
  status json,
  updated_at timestamptz not null default now()
);

-- Who may do what only one hub process may do at a time.
create table lease (
  name text primary key,
  holder text not null,
  expires_at timestamptz not null
);

create table hub_process (
  id text primary key,
  seen_at timestamptz not null default now(),
  started_at timestamptz not null default now()
);

-- While one process is alone it owns identity resolution: its workers keep out of each other's way in memory, and their
-- transactions share a lock. No row, or null: every such transaction excludes all others. See docs/decisions/.
create table identity_owner (
  singleton boolean primary key default true check (singleton),
  process text
);

create table api_key (
  id text primary key,
  name text not null,
  role text not null,
  system text,
  secret_hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);

-- What people did, append-only.
create table audit_entry (
  no bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text not null,
  act text not null,
  subject text not null,
  facts json
);
