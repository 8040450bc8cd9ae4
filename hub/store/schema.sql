-- The hub's tables as the migrations make them. Written by `node scripts/dump-schema.ts`; tests compare it.

create sequence record_write_number as bigint increment 1 start 1 cache 1;

create table accept_batch (
  no bigint generated always as identity not null,
  process text not null,
  entries bigint[] not null,
  created_at timestamp with time zone default now() not null
);
create table api_key (
  id text not null,
  name text not null,
  role text not null,
  system text,
  secret_hash bytea not null,
  created_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  limits json,
  rotated_to text
);
create table audit_entry (
  no bigint generated always as identity not null,
  at timestamp with time zone default now() not null,
  actor text not null,
  act text not null,
  subject text not null,
  facts json,
  last_at timestamp with time zone,
  records uuid[]
);
create table audit_link (
  "position" bigint not null,
  entry bigint not null,
  hash bytea not null
);
create table audit_waiting (
  entry bigint not null
);
create table bulk_chunk (
  job_no bigint not null,
  no integer not null,
  first_line bigint not null,
  lines integer not null,
  first_byte bigint not null,
  bytes integer not null,
  content bytea not null
);
create table bulk_entries (
  job_no bigint not null,
  line bigint not null,
  entries bigint[] not null
);
create table bulk_fault (
  job_no bigint not null,
  line bigint not null,
  faults json not null
);
create table bulk_job (
  no bigint generated always as identity not null,
  id uuid not null,
  kind text not null,
  state text not null,
  actor text not null,
  key_id text not null,
  role text not null,
  system text,
  request json not null,
  lines bigint default 0 not null,
  bytes bigint default 0 not null,
  accepted bigint default 0 not null,
  duplicates bigint default 0 not null,
  rejected bigint default 0 not null,
  applied bigint default 0 not null,
  superseded bigint default 0 not null,
  refused bigint default 0 not null,
  discarded bigint default 0 not null,
  looked bigint default 0 not null,
  total bigint,
  snapshot_at timestamp with time zone,
  problem json,
  turn uuid,
  beat_at timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  ended_at timestamp with time zone,
  expires_at timestamp with time zone
) with (fillfactor=50);
create table change_entry (
  no bigint generated always as identity not null,
  system text not null,
  change_id text not null,
  state smallint default 0 not null,
  accepted_at timestamp with time zone default now() not null
) with (fillfactor=80);
create table connector_checkpoint (
  system text not null,
  entity text not null,
  kind text not null,
  checkpoint json not null,
  updated_at timestamp with time zone default now() not null
);
create table customer (
  id uuid not null,
  state smallint default 0 not null,
  joined_into uuid,
  version integer not null,
  cause text not null,
  changed text[] not null,
  golden json not null,
  search tsvector not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
) with (fillfactor=75);
create table customer_former (
  customer_id uuid not null,
  version integer not null,
  at timestamp with time zone not null,
  cause text not null,
  changed text[] not null,
  golden json not null
);
create table customer_note (
  customer_id uuid not null,
  rule text not null,
  revision integer not null,
  findings json not null,
  at timestamp with time zone not null
);
create table decision_log (
  id uuid not null,
  rule text not null,
  revision integer not null,
  hash text not null,
  called json,
  moment timestamp with time zone not null,
  decided_at timestamp with time zone not null,
  actor text not null,
  customer_id uuid,
  given json,
  filled json,
  result json,
  code text,
  trace text not null
);
create table erased_lane (
  hash bytea not null,
  erasure_id uuid not null,
  kept boolean not null,
  seen bigint default 0 not null,
  seen_at timestamp with time zone
);
create table erasure (
  id uuid not null,
  customer_id uuid not null,
  customers uuid[] not null,
  state text not null,
  reason text not null,
  note text,
  requested_at timestamp with time zone,
  actor text not null,
  erased_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  counts json not null,
  records json not null,
  event_id uuid not null,
  log_end bigint not null,
  work text,
  sweeps integer default 0 not null,
  due_at timestamp with time zone
);
create table erasure_task (
  no bigint generated always as identity not null,
  erasure_id uuid not null,
  system text not null,
  entity text not null,
  key text,
  hash bytea not null,
  confirmed_at timestamp with time zone,
  confirmed_by text
);
create table event_log (
  "position" bigint not null,
  id uuid not null,
  type text not null,
  customer_id uuid,
  subject text not null,
  at timestamp with time zone not null,
  data json not null,
  golden_id uuid,
  golden_version integer
);
create table golden_override (
  customer_id uuid not null,
  path text not null,
  value json not null,
  author text not null,
  at timestamp with time zone default now() not null,
  yields boolean default false not null
);
create table hub_process (
  id text not null,
  seen_at timestamp with time zone default now() not null,
  started_at timestamp with time zone default now() not null
);
create table hub_secret (
  name text not null,
  value text not null,
  created_at timestamp with time zone default now() not null
);
create table idempotent_answer (
  caller text not null,
  key text not null,
  request_hash bytea not null,
  status smallint not null,
  headers json not null,
  body text not null,
  at timestamp with time zone default now() not null
);
create table identity_owner (
  singleton boolean default true not null,
  process text
);
create table lease (
  name text not null,
  holder text not null,
  expires_at timestamp with time zone not null
);
create table ledger_count (
  shard integer not null,
  accepted bigint default 0 not null,
  applied bigint default 0 not null,
  superseded bigint default 0 not null,
  parked bigint default 0 not null,
  rejected bigint default 0 not null,
  discarded bigint default 0 not null,
  in_flight bigint default 0 not null
) with (fillfactor=20);
create table mapping_revision (
  system text not null,
  entity text not null,
  revision integer not null,
  state text not null,
  document text not null,
  cases text,
  origin text not null,
  author text not null,
  note text,
  created_at timestamp with time zone default now() not null,
  published_at timestamp with time zone
);
create table match_basis (
  no bigint generated always as identity not null,
  model integer not null,
  snapshot integer,
  features_form integer not null,
  author text not null,
  at timestamp with time zone default clock_timestamp() not null,
  rechecks_due_at timestamp with time zone not null,
  rechecks_enqueued_at timestamp with time zone
);
create table match_decision (
  a bigint not null,
  b bigint not null,
  kind text not null,
  author text not null,
  note text,
  at timestamp with time zone default now() not null
);
create table match_edge (
  a bigint not null,
  b bigint not null,
  weight double precision not null,
  among_others double precision not null,
  fields json not null,
  at timestamp with time zone default now() not null
);
create table match_key (
  hash bigint not null,
  record_no bigint not null
);
create table match_model (
  version integer not null,
  document json not null,
  origin text not null,
  author text not null,
  note text,
  created_at timestamp with time zone default now() not null
);
create table match_recheck (
  record_no bigint not null,
  reason text not null,
  at timestamp with time zone default now() not null
);
create table match_snapshot (
  version integer not null,
  records integer not null,
  measured integer not null,
  snapshot json not null,
  author text not null,
  note text,
  created_at timestamp with time zone default now() not null
);
create table outbox (
  no bigint generated always as identity not null,
  id uuid not null,
  type text not null,
  customer_id uuid,
  subject text not null,
  at timestamp with time zone not null,
  data json not null,
  golden_id uuid,
  golden_version integer
);
create table parked_change (
  no bigint not null,
  system text not null,
  entity text not null,
  key text not null,
  change_id text not null,
  change json not null,
  waiting boolean not null,
  cause_code text not null,
  cause_message text not null,
  cause_where text,
  cause_fix text,
  cause_problems json,
  revision integer default 0 not null,
  edited_by text,
  parked_at timestamp with time zone default now() not null
);
create table parked_revision (
  no bigint not null,
  revision integer not null,
  change json not null,
  edited_by text,
  edited_at timestamp with time zone default now() not null
);
create table rate_budget (
  system text not null,
  calls double precision not null,
  records double precision not null,
  granted_calls double precision not null,
  granted_records double precision not null,
  filled_at timestamp with time zone not null,
  held_until timestamp with time zone
) with (fillfactor=20);
create table reconciliation (
  no bigint generated always as identity not null,
  system text not null,
  entity text not null,
  kind text not null,
  state text not null,
  repair boolean not null,
  requested_by text,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  report json not null
);
create table record_search (
  record_no bigint not null,
  target text not null,
  facets text[] not null,
  day text collate "C",
  due text collate "C",
  changed_at timestamp with time zone not null,
  words tsvector
);
create table record_write (
  no bigint generated always as identity not null,
  id uuid not null,
  kind smallint not null,
  target text not null,
  record_id uuid not null,
  system text not null,
  entity text not null,
  key text,
  wanted json not null,
  fields json not null,
  expected json,
  idempotency_key text not null,
  state smallint not null,
  attempts integer not null,
  due_at timestamp with time zone not null,
  problem json,
  author text not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  seen boolean default false not null
) with (fillfactor=80);
create table rejected_message (
  no bigint not null,
  system text not null,
  code text not null,
  message text not null,
  location text,
  body bytea not null,
  rejected_at timestamp with time zone default now() not null
);
create table reprojection (
  system text not null,
  entity text not null,
  revision integer not null,
  last_no bigint default 0 not null,
  done bigint default 0 not null,
  changed bigint default 0 not null,
  failed bigint default 0 not null,
  started_at timestamp with time zone default now() not null,
  finished_at timestamp with time zone
);
create table rule_publication (
  no bigint generated always as identity not null,
  rule text not null,
  revision integer not null,
  act text not null,
  active boolean not null,
  author text not null,
  at timestamp with time zone default now() not null
);
create table rule_revision (
  no bigint generated always as identity not null,
  rule text not null,
  revision integer not null,
  envelope text not null,
  graph text not null,
  cases text,
  hash text not null,
  valid_from timestamp with time zone,
  valid_to timestamp with time zone,
  file text,
  author text not null,
  note text,
  created_at timestamp with time zone default now() not null
);
create table rule_watch (
  process text not null,
  generation bigint not null,
  seen_at timestamp with time zone default now() not null
) with (fillfactor=50);
create table schema_migration (
  no integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone default now() not null
);
create table source_record (
  no bigint generated always as identity not null,
  system text not null,
  entity text not null,
  key text not null,
  sequence_kind smallint not null,
  sequence text,
  change_no bigint not null,
  change_id text not null,
  changed_at timestamp with time zone not null,
  deleted boolean not null,
  raw json,
  target text,
  document json,
  mapping_revision integer,
  public_id uuid,
  customer_ref text,
  account_ref text,
  customer_id uuid,
  home_id uuid,
  features json,
  field_times json,
  enriched json
) with (fillfactor=75);
create table subscription (
  id uuid not null,
  owner text not null,
  description text,
  url text not null,
  types text[] not null,
  filter text,
  state text not null,
  disabled_reason text,
  disabled_at timestamp with time zone,
  secret text not null,
  former_secret text,
  former_until timestamp with time zone,
  "position" bigint not null,
  generation integer default 1 not null,
  failures integer default 0 not null,
  failing_since timestamp with time zone,
  last_problem text,
  not_before timestamp with time zone,
  last_success_at timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null
) with (fillfactor=60);
create table system_push (
  system text not null,
  received bigint not null,
  refused bigint not null,
  records bigint not null,
  last_received_at timestamp with time zone,
  last_refused_at timestamp with time zone,
  last_refused_code text
) with (fillfactor=20);
create table system_state (
  system text not null,
  paused boolean default false not null,
  paused_by text,
  status json,
  updated_at timestamp with time zone default now() not null
);
create table webhook_attempt (
  no bigint generated always as identity not null,
  subscription_id uuid not null,
  "position" bigint,
  event_id text not null,
  type text not null,
  attempt integer not null,
  at timestamp with time zone not null,
  duration_ms integer not null,
  status integer,
  outcome text not null,
  problem text
);
create table webhook_delivery (
  no bigint generated always as identity not null,
  subscription_id uuid not null,
  "position" bigint not null,
  lane text not null,
  attempts integer default 0 not null,
  first_attempt_at timestamp with time zone,
  due_at timestamp with time zone default now() not null
) with (fillfactor=80);
create table write_back (
  record_no bigint not null,
  system text not null,
  entity text not null,
  key text not null,
  state smallint not null,
  wants json not null,
  "overlay" json not null,
  attempt json,
  verify boolean not null,
  generation integer not null,
  attempts integer not null,
  due_at timestamp with time zone not null,
  waiting_since timestamp with time zone,
  problem json,
  conflict json,
  updated_at timestamp with time zone default now() not null
) with (fillfactor=75);

alter table accept_batch add constraint accept_batch_pkey PRIMARY KEY (no);
alter table api_key add constraint api_key_rotated_to_fkey FOREIGN KEY (rotated_to) REFERENCES api_key(id);
alter table api_key add constraint api_key_pkey PRIMARY KEY (id);
alter table audit_entry add constraint audit_entry_pkey PRIMARY KEY (no);
alter table audit_link add constraint audit_link_hash_check CHECK ((octet_length(hash) = 32));
alter table audit_link add constraint audit_link_position_check CHECK (("position" > 0));
alter table audit_link add constraint audit_link_pkey PRIMARY KEY ("position");
alter table audit_link add constraint audit_link_entry_key UNIQUE (entry);
alter table audit_waiting add constraint audit_waiting_pkey PRIMARY KEY (entry);
alter table bulk_chunk add constraint bulk_chunk_job_no_fkey FOREIGN KEY (job_no) REFERENCES bulk_job(no) ON DELETE CASCADE;
alter table bulk_chunk add constraint bulk_chunk_pkey PRIMARY KEY (job_no, no);
alter table bulk_entries add constraint bulk_entries_job_no_fkey FOREIGN KEY (job_no) REFERENCES bulk_job(no) ON DELETE CASCADE;
alter table bulk_entries add constraint bulk_entries_pkey PRIMARY KEY (job_no, line);
alter table bulk_fault add constraint bulk_fault_job_no_fkey FOREIGN KEY (job_no) REFERENCES bulk_job(no) ON DELETE CASCADE;
alter table bulk_fault add constraint bulk_fault_pkey PRIMARY KEY (job_no, line);
alter table bulk_job add constraint bulk_job_kind_check CHECK ((kind = ANY (ARRAY['import'::text, 'export'::text])));
alter table bulk_job add constraint bulk_job_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'interrupted'::text, 'completed'::text, 'failed'::text, 'cancelled'::text, 'expired'::text])));
alter table bulk_job add constraint bulk_job_pkey PRIMARY KEY (no);
alter table bulk_job add constraint bulk_job_id_key UNIQUE (id);
alter table change_entry add constraint change_entry_pkey PRIMARY KEY (no);
alter table change_entry add constraint change_entry_system_change_id_key UNIQUE (system, change_id);
alter table connector_checkpoint add constraint connector_checkpoint_pkey PRIMARY KEY (system, entity, kind);
alter table customer add constraint customer_joined_into_fkey FOREIGN KEY (joined_into) REFERENCES customer(id);
alter table customer add constraint customer_pkey PRIMARY KEY (id);
alter table customer_former add constraint customer_former_pkey PRIMARY KEY (customer_id, version);
alter table customer_note add constraint customer_note_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer(id);
alter table customer_note add constraint customer_note_pkey PRIMARY KEY (customer_id, rule);
alter table decision_log add constraint decision_log_pkey PRIMARY KEY (id);
alter table erased_lane add constraint erased_lane_hash_check CHECK ((octet_length(hash) = 32));
alter table erased_lane add constraint erased_lane_erasure_id_fkey FOREIGN KEY (erasure_id) REFERENCES erasure(id);
alter table erased_lane add constraint erased_lane_pkey PRIMARY KEY (hash);
alter table erasure add constraint erasure_state_check CHECK ((state = ANY (ARRAY['sweeping'::text, 'done'::text])));
alter table erasure add constraint erasure_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer(id);
alter table erasure add constraint erasure_pkey PRIMARY KEY (id);
alter table erasure add constraint erasure_customer_id_key UNIQUE (customer_id);
alter table erasure_task add constraint erasure_task_erasure_id_fkey FOREIGN KEY (erasure_id) REFERENCES erasure(id);
alter table erasure_task add constraint erasure_task_pkey PRIMARY KEY (no);
alter table event_log add constraint event_log_pkey PRIMARY KEY ("position");
alter table golden_override add constraint golden_override_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer(id);
alter table golden_override add constraint golden_override_pkey PRIMARY KEY (customer_id, path);
alter table hub_process add constraint hub_process_pkey PRIMARY KEY (id);
alter table hub_secret add constraint hub_secret_pkey PRIMARY KEY (name);
alter table idempotent_answer add constraint idempotent_answer_pkey PRIMARY KEY (caller, key);
alter table identity_owner add constraint identity_owner_singleton_check CHECK (singleton);
alter table identity_owner add constraint identity_owner_pkey PRIMARY KEY (singleton);
alter table lease add constraint lease_pkey PRIMARY KEY (name);
alter table ledger_count add constraint ledger_count_pkey PRIMARY KEY (shard);
alter table mapping_revision add constraint mapping_revision_origin_check CHECK ((origin = ANY (ARRAY['workspace'::text, 'console'::text])));
alter table mapping_revision add constraint mapping_revision_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'published'::text, 'retired'::text])));
alter table mapping_revision add constraint mapping_revision_pkey PRIMARY KEY (system, entity, revision);
alter table match_basis add constraint match_basis_model_fkey FOREIGN KEY (model) REFERENCES match_model(version);
alter table match_basis add constraint match_basis_snapshot_fkey FOREIGN KEY (snapshot) REFERENCES match_snapshot(version);
alter table match_basis add constraint match_basis_pkey PRIMARY KEY (no);
alter table match_decision add constraint match_decision_check CHECK ((a < b));
alter table match_decision add constraint match_decision_kind_check CHECK ((kind = ANY (ARRAY['must-join'::text, 'must-not-join'::text])));
alter table match_decision add constraint match_decision_pkey PRIMARY KEY (a, b);
alter table match_edge add constraint match_edge_check CHECK ((a < b));
alter table match_edge add constraint match_edge_pkey PRIMARY KEY (a, b);
alter table match_key add constraint match_key_pkey PRIMARY KEY (hash, record_no);
alter table match_model add constraint match_model_origin_check CHECK ((origin = ANY (ARRAY['workspace'::text, 'console'::text])));
alter table match_model add constraint match_model_pkey PRIMARY KEY (version);
alter table match_recheck add constraint match_recheck_pkey PRIMARY KEY (record_no);
alter table match_snapshot add constraint match_snapshot_pkey PRIMARY KEY (version);
alter table outbox add constraint outbox_pkey PRIMARY KEY (no);
alter table parked_change add constraint parked_change_pkey PRIMARY KEY (no);
alter table parked_revision add constraint parked_revision_pkey PRIMARY KEY (no, revision);
alter table rate_budget add constraint rate_budget_pkey PRIMARY KEY (system);
alter table reconciliation add constraint reconciliation_kind_check CHECK ((kind = ANY (ARRAY['drift'::text, 'certificate'::text])));
alter table reconciliation add constraint reconciliation_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text])));
alter table reconciliation add constraint reconciliation_pkey PRIMARY KEY (no);
alter table record_search add constraint record_search_record_no_fkey FOREIGN KEY (record_no) REFERENCES source_record(no) ON DELETE CASCADE;
alter table record_search add constraint record_search_pkey PRIMARY KEY (record_no);
alter table record_write add constraint record_write_pkey PRIMARY KEY (no);
alter table record_write add constraint record_write_id_key UNIQUE (id);
alter table record_write add constraint record_write_idempotency_key_key UNIQUE (idempotency_key);
alter table rejected_message add constraint rejected_message_pkey PRIMARY KEY (no);
alter table reprojection add constraint reprojection_pkey PRIMARY KEY (system, entity, revision);
alter table rule_publication add constraint rule_publication_act_check CHECK ((act = ANY (ARRAY['publish'::text, 'roll-back'::text])));
alter table rule_publication add constraint rule_publication_rule_revision_fkey FOREIGN KEY (rule, revision) REFERENCES rule_revision(rule, revision);
alter table rule_publication add constraint rule_publication_pkey PRIMARY KEY (no);
alter table rule_revision add constraint rule_revision_pkey PRIMARY KEY (rule, revision);
alter table rule_watch add constraint rule_watch_pkey PRIMARY KEY (process);
alter table schema_migration add constraint schema_migration_pkey PRIMARY KEY (no);
alter table source_record add constraint source_record_pkey PRIMARY KEY (no);
alter table source_record add constraint source_record_system_entity_key_key UNIQUE (system, entity, key);
alter table subscription add constraint subscription_state_check CHECK ((state = ANY (ARRAY['active'::text, 'paused'::text, 'disabled'::text])));
alter table subscription add constraint subscription_pkey PRIMARY KEY (id);
alter table system_push add constraint system_push_pkey PRIMARY KEY (system);
alter table system_state add constraint system_state_pkey PRIMARY KEY (system);
alter table webhook_attempt add constraint webhook_attempt_outcome_check CHECK ((outcome = ANY (ARRAY['delivered'::text, 'retrying'::text, 'failed'::text, 'disabled'::text])));
alter table webhook_attempt add constraint webhook_attempt_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES subscription(id) ON DELETE CASCADE;
alter table webhook_attempt add constraint webhook_attempt_pkey PRIMARY KEY (no);
alter table webhook_delivery add constraint webhook_delivery_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES subscription(id) ON DELETE CASCADE;
alter table webhook_delivery add constraint webhook_delivery_pkey PRIMARY KEY (no);
alter table webhook_delivery add constraint webhook_delivery_subscription_id_position_key UNIQUE (subscription_id, "position");
alter table write_back add constraint write_back_pkey PRIMARY KEY (record_no);

CREATE INDEX audit_entry_act ON public.audit_entry USING btree (act text_pattern_ops, no);
CREATE INDEX audit_entry_actor ON public.audit_entry USING btree (actor, no);
CREATE INDEX audit_entry_at ON public.audit_entry USING brin (at);
CREATE INDEX audit_entry_subject ON public.audit_entry USING btree (subject, no);
CREATE INDEX bulk_job_expires ON public.bulk_job USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE INDEX bulk_job_kind ON public.bulk_job USING btree (kind, no);
CREATE INDEX bulk_job_work ON public.bulk_job USING btree (kind, state) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]));
CREATE INDEX customer_joined_into ON public.customer USING btree (joined_into) WHERE (joined_into IS NOT NULL);
CREATE INDEX customer_search ON public.customer USING gin (search);
CREATE INDEX customer_note_rule ON public.customer_note USING btree (rule, customer_id);
CREATE INDEX decision_log_customer ON public.decision_log USING btree (customer_id, id) WHERE (customer_id IS NOT NULL);
CREATE INDEX decision_log_rule ON public.decision_log USING btree (rule, id);
CREATE INDEX erased_lane_erasure ON public.erased_lane USING btree (erasure_id);
CREATE INDEX erasure_due ON public.erasure USING btree (due_at) WHERE (work IS NOT NULL);
CREATE INDEX erasure_log_end ON public.erasure USING btree (log_end);
CREATE INDEX erasure_task_erasure ON public.erasure_task USING btree (erasure_id, no);
CREATE INDEX erasure_task_open ON public.erasure_task USING btree (hash) WHERE (confirmed_at IS NULL);
CREATE INDEX event_log_at ON public.event_log USING brin (at);
CREATE INDEX event_log_customer ON public.event_log USING btree (customer_id, "position") WHERE (customer_id IS NOT NULL);
CREATE INDEX idempotent_answer_at ON public.idempotent_answer USING btree (at);
CREATE UNIQUE INDEX mapping_revision_published ON public.mapping_revision USING btree (system, entity) WHERE (state = 'published'::text);
CREATE INDEX match_decision_b ON public.match_decision USING btree (b);
CREATE INDEX match_edge_b ON public.match_edge USING btree (b);
CREATE INDEX parked_change_cause ON public.parked_change USING btree (system, entity, cause_code, no);
CREATE INDEX parked_change_lane ON public.parked_change USING btree (system, entity, key, no);
CREATE INDEX reconciliation_entity ON public.reconciliation USING btree (system, entity, no DESC);
CREATE INDEX record_search_changed ON public.record_search USING btree (target, changed_at);
CREATE INDEX record_search_day ON public.record_search USING btree (target, day) WHERE (day IS NOT NULL);
CREATE INDEX record_search_due ON public.record_search USING btree (target, due) WHERE (due IS NOT NULL);
CREATE INDEX record_search_facets ON public.record_search USING gin (facets);
CREATE INDEX record_search_target ON public.record_search USING btree (target, record_no);
CREATE INDEX record_search_words ON public.record_search USING gin (words) WHERE (words IS NOT NULL);
CREATE INDEX record_write_due ON public.record_write USING btree (system, due_at) WHERE (state = ANY (ARRAY[0, 1, 2]));
CREATE INDEX record_write_over ON public.record_write USING btree (updated_at) WHERE (state = ANY (ARRAY[3, 4, 5]));
CREATE INDEX record_write_paid ON public.record_write USING btree ((((wanted -> 'invoice'::text) ->> 'key'::text))) WHERE ((kind = 0) AND (target = 'payment'::text));
CREATE INDEX record_write_record ON public.record_write USING btree (record_id, no);
CREATE INDEX record_write_state ON public.record_write USING btree (state, no) WHERE (state <> 3);
CREATE INDEX record_write_unread ON public.record_write USING btree (system, entity, key) WHERE ((kind = 0) AND (state < 4) AND (NOT seen));
CREATE INDEX rule_publication_rule ON public.rule_publication USING btree (rule, no);
CREATE INDEX rule_revision_file ON public.rule_revision USING btree (file, no) WHERE (file IS NOT NULL);
CREATE INDEX rule_revision_hash ON public.rule_revision USING btree (hash);
CREATE INDEX source_record_account_ref ON public.source_record USING btree (account_ref, target) WHERE (account_ref IS NOT NULL);
CREATE INDEX source_record_away ON public.source_record USING btree (home_id) WHERE (customer_id IS DISTINCT FROM home_id);
CREATE INDEX source_record_customer ON public.source_record USING btree (customer_id) WHERE (customer_id IS NOT NULL);
CREATE INDEX source_record_customer_ref ON public.source_record USING btree (customer_ref, target) WHERE (customer_ref IS NOT NULL);
CREATE UNIQUE INDEX source_record_public ON public.source_record USING btree (public_id) WHERE (public_id IS NOT NULL);
CREATE INDEX source_record_target ON public.source_record USING btree (target, no) WHERE (target <> 'customer'::text);
CREATE INDEX subscription_owner ON public.subscription USING btree (owner, id);
CREATE INDEX webhook_attempt_at ON public.webhook_attempt USING brin (at);
CREATE INDEX webhook_attempt_subscription ON public.webhook_attempt USING btree (subscription_id, no);
CREATE INDEX write_back_due ON public.write_back USING btree (system, due_at) WHERE (state = ANY (ARRAY[1, 2, 3]));
CREATE INDEX write_back_state ON public.write_back USING btree (state, record_no) WHERE (state <> 0);

create view customer_version as
 SELECT customer_former.customer_id,
    customer_former.version,
    customer_former.at,
    customer_former.cause,
    customer_former.changed,
    customer_former.golden
   FROM customer_former
UNION ALL
 SELECT customer.id AS customer_id,
    customer.version,
    customer.updated_at AS at,
    customer.cause,
    customer.changed,
    customer.golden
   FROM customer;

CREATE OR REPLACE FUNCTION public.audit_entry_waits()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into audit_waiting select no from added;
  return null;
end
$function$;
CREATE OR REPLACE FUNCTION public.audit_is_append_only()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the audit trail is append-only: % of % is refused', lower(tg_op), tg_table_name
    using errcode = 'insufficient_privilege';
end
$function$;

CREATE TRIGGER audit_entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_entry_waits AFTER INSERT ON public.audit_entry REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_waits();
CREATE TRIGGER audit_link_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_link FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
