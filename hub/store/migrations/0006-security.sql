-- The audit trail becomes append-only and chained. Times of reads are from the first to the last of one entry; its records are
-- kept unindexed, since an index entry for each record that is read would cost more than the read itself.
alter table audit_entry add column last_at timestamptz;
alter table audit_entry add column records uuid[];
create index audit_entry_at on audit_entry using brin (at);
create index audit_entry_actor on audit_entry (actor, no);
create index audit_entry_act on audit_entry (act text_pattern_ops, no);
create index audit_entry_subject on audit_entry (subject, no);

-- One link for each entry: the hash covers the entry and the link before it.
create table audit_link (
  position bigint primary key check (position > 0),
  entry bigint not null unique,
  hash bytea not null check (octet_length(hash) = 32)
);

-- Entries that were written and are not in the chain yet. It is emptied about once a second.
create table audit_waiting (entry bigint primary key);
insert into audit_waiting select no from audit_entry;

create function audit_entry_waits() returns trigger language plpgsql as $$
begin
  insert into audit_waiting select no from added;
  return null;
end
$$;
create trigger audit_entry_waits after insert on audit_entry
  referencing new table as added for each statement execute function audit_entry_waits();

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is append-only: % of % is refused', lower(tg_op), tg_table_name
    using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_entry_append_only before update or delete or truncate on audit_entry
  for each statement execute function audit_is_append_only();
create trigger audit_link_append_only before update or delete or truncate on audit_link
  for each statement execute function audit_is_append_only();

-- The owner of the tables takes these rights from itself too; only a superuser needs no right.
revoke update, delete, truncate on audit_entry, audit_link from public;
revoke update, delete, truncate on audit_entry, audit_link from current_user;
