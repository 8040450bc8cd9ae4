-- Webhooks: who wants to be told of which events, what is on its way to them, and how the last attempts ended.

create table subscription (
  id uuid primary key,
  -- id of the API key that made it; `admin` for the admin key of the settings
  owner text not null,
  description text,
  url text not null,
  types text[] not null,
  filter text,
  state text not null check (state in ('active', 'paused', 'disabled')),
  -- why and since when it is disabled
  disabled_reason text,
  disabled_at timestamptz,
  secret text not null,
  -- the secret before, which signs too until this moment
  former_secret text,
  former_until timestamptz,
  -- events up to here have been looked at: not wanted, or in webhook_delivery
  position bigint not null,
  -- counts what the API did, so that the process that delivers notices
  generation integer not null default 1,
  -- attempts without a success in between, and what the last of them met
  failures integer not null default 0,
  failing_since timestamptz,
  last_problem text,
  -- no attempt before this moment: the receiver said so (Retry-After)
  not_before timestamptz,
  last_success_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
) with (fillfactor = 60);
create index subscription_owner on subscription (owner, id);

-- Events that are on their way to a subscription. The event itself is in event_log.
create table webhook_delivery (
  no bigint generated always as identity primary key,
  subscription_id uuid not null references subscription (id) on delete cascade,
  position bigint not null,
  -- events of one customer, or of one record without a customer, go one after another
  lane text not null,
  attempts integer not null default 0,
  first_attempt_at timestamptz,
  due_at timestamptz not null default now(),
  unique (subscription_id, position)
) with (fillfactor = 80);

-- How attempts ended: kept for some days and some hundreds for each subscription, without bodies.
create table webhook_attempt (
  no bigint generated always as identity primary key,
  subscription_id uuid not null references subscription (id) on delete cascade,
  -- null: a test
  position bigint,
  event_id text not null,
  type text not null,
  attempt integer not null,
  at timestamptz not null,
  duration_ms integer not null,
  -- null: no answer
  status integer,
  outcome text not null check (outcome in ('delivered', 'retrying', 'failed', 'disabled')),
  problem text
);
create index webhook_attempt_subscription on webhook_attempt (subscription_id, no);
create index webhook_attempt_at on webhook_attempt using brin (at);
