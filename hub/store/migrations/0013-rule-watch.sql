-- Up to which publication each hub process has the rules. Small, and written over and over: kept from bloating.

create table rule_watch (
  process text primary key,
  generation bigint not null,
  seen_at timestamptz not null default now()
) with (fillfactor = 50);
