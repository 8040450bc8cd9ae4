-- Which payments of an invoice were ordered: those under way count as paid when the next one is decided on.
create index record_write_paid on record_write ((wanted -> 'invoice' ->> 'key')) where kind = 0 and target = 'payment';
