-- A key's own limits of requests, `{perSecond, burst, concurrent}`; null: those of its role.
alter table api_key add column limits json;
-- The key that takes the place of this one; until this one expires both are valid.
alter table api_key add column rotated_to text references api_key (id);
