-- Whether the record that an order made has been read: the pipeline looks for ids given out only while one has not.
alter table record_write add column seen boolean not null default false;
update record_write w set seen = true where exists (select from source_record r where r.public_id = w.record_id);
drop index record_write_lane;
create index record_write_unread on record_write (system, entity, key) where kind = 0 and state < 4 and not seen;
