/**
 * What Oracle has and PostgreSQL has not, made in PostgreSQL: dictionary views and functions of the same names. Times
 * are text in ISO form with nine digits, whose order is theirs; there is no empty text (session.ts).
 */
export const PRELUDE = String.raw`
CREATE SCHEMA "APP"; CREATE SCHEMA ora;
GRANT USAGE ON SCHEMA "APP", ora TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA ora GRANT SELECT ON TABLES TO PUBLIC;
CREATE DOMAIN ora.clob AS text;
CREATE TABLE ora.columns (table_id oid, name text, type text, data_length integer, chars integer, precision integer, scale integer);
CREATE VIEW ora.dual AS SELECT 'X'::text AS dummy;
CREATE VIEW ora.v$version AS SELECT 'Fake Database (PostgreSQL ' || current_setting('server_version') || ')' AS banner;

CREATE FUNCTION ora.sys_context(namespace text, name text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE name WHEN 'CURRENT_SCHEMA' THEN 'APP' WHEN 'CLIENT_IDENTIFIER' THEN nullif(current_setting('ora.identifier', true), '') END $$;
CREATE FUNCTION ora.systimestamp() RETURNS text LANGUAGE sql VOLATILE AS
  $$ SELECT pg_catalog.to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '000+00:00' $$;
CREATE FUNCTION ora.to_number(value text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT value::numeric $$;
CREATE FUNCTION ora.to_binary_float(value text) RETURNS real LANGUAGE sql IMMUTABLE AS $$ SELECT value::real $$;
CREATE FUNCTION ora.to_binary_double(value text) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$ SELECT value::double precision $$;
CREATE FUNCTION ora.xmltype(value text) RETURNS xml LANGUAGE sql IMMUTABLE AS $$ SELECT xmlparse(CONTENT value) $$;
CREATE FUNCTION ora.to_char(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT value $$;
CREATE FUNCTION ora.to_char(value text, format text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT left(value, 19) || coalesce('.' || substr(value, 21, substring(format FROM 'FF(\d)')::integer), '')
    || CASE WHEN format LIKE '%TZH%' THEN right(value, 6) WHEN format LIKE '%"Z"' THEN 'Z' ELSE '' END $$;
CREATE FUNCTION ora.checked_time(value text, pattern text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF value !~ pattern THEN RAISE datetime_field_overflow USING MESSAGE = 'not a valid time'; END IF;
  PERFORM left(value, 19)::timestamp;
  RETURN value;
END $$;
CREATE FUNCTION ora.to_date(value text, format text) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT ora.checked_time(value, '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$') $$;
CREATE FUNCTION ora.to_timestamp(value text, format text) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT ora.checked_time(value, '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}$') $$;
CREATE FUNCTION ora.to_timestamp_tz(value text, format text) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT ora.checked_time(value, '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}[+-]\d\d:\d\d$') $$;
CREATE FUNCTION ora.sys_extract_utc(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT pg_catalog.to_char((left(value, 19) || right(value, 6))::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') || substr(value, 20, 10) $$;
CREATE TYPE ora.day_interval AS (seconds integer);
CREATE FUNCTION ora.numtodsinterval(count integer, unit text) RETURNS ora.day_interval LANGUAGE sql IMMUTABLE AS $$ SELECT ROW(count)::ora.day_interval $$;
CREATE FUNCTION ora.before(value text, span ora.day_interval) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT pg_catalog.to_char(left(value, 19)::timestamp - make_interval(secs => span.seconds), 'YYYY-MM-DD"T"HH24:MI:SS') || substr(value, 20) $$;
CREATE OPERATOR ora.- (LEFTARG = text, RIGHTARG = ora.day_interval, FUNCTION = ora.before);

CREATE VIEW ora.all_users AS SELECT nspname::text AS username, CASE WHEN nspname = 'APP' THEN 'N' ELSE 'Y' END AS oracle_maintained FROM pg_namespace;
CREATE VIEW ora.all_objects AS
  SELECT n.nspname::text AS owner, c.relname::text AS object_name, CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS object_type,
    c.oid::bigint AS object_id, NULL::text AS last_ddl_time
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v') AND has_table_privilege(c.oid, 'SELECT')
  UNION ALL
  SELECT n.nspname, t.tgname, 'TRIGGER', t.oid::bigint, '2024-01-01T00:00:00' FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal;
CREATE VIEW ora.all_triggers AS
  SELECT n.nspname::text AS owner, t.tgname::text AS trigger_name, CASE t.tgenabled WHEN 'D' THEN 'DISABLED' ELSE 'ENABLED' END AS status
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal;
CREATE VIEW ora.all_tab_columns AS
  SELECT n.nspname::text AS owner, r.relname::text AS table_name, a.attname::text AS column_name, c.type AS data_type, c.data_length,
    c.chars AS char_length, c.precision AS data_precision, c.scale AS data_scale, CASE WHEN a.attnotnull THEN 'N' ELSE 'Y' END AS nullable,
    a.attnum::integer AS column_id
  FROM pg_attribute a JOIN ora.columns c ON c.table_id = a.attrelid AND c.name = a.attname
  JOIN pg_class r ON r.oid = a.attrelid JOIN pg_namespace n ON n.oid = r.relnamespace WHERE a.attnum > 0 AND NOT a.attisdropped;
CREATE VIEW ora.all_constraints AS
  SELECT n.nspname::text AS owner, r.relname::text AS table_name, k.conname::text AS constraint_name, upper(k.contype::text) AS constraint_type,
    'ENABLED'::text AS status
  FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace;
CREATE VIEW ora.all_cons_columns AS
  SELECT n.nspname::text AS owner, k.conname::text AS constraint_name, a.attname::text AS column_name, x.place::integer AS position
  FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
  CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS x(attnum, place) JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = x.attnum;
CREATE VIEW ora.all_ind_columns AS
  SELECT n.nspname::text AS table_owner, r.relname::text AS table_name, i.indexrelid::regclass::text AS index_name, a.attname::text AS column_name,
    k.place::integer AS column_position
  FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid JOIN pg_namespace n ON n.oid = r.relnamespace
  CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, place) JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum;
CREATE VIEW ora.all_tables AS
  SELECT n.nspname::text AS owner, c.relname::text AS table_name, greatest(c.reltuples, 0)::bigint AS num_rows
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r';

-- The trigger of a change table; arguments: change table, sequence, key columns.
CREATE FUNCTION ora.note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  keys text; values_of text; moved boolean := false; writer text := ora.sys_context('USERENV', 'CLIENT_IDENTIFIER');
BEGIN
  SELECT string_agg(quote_ident(name), ', '), string_agg('($4).' || quote_ident(name), ', ') INTO keys, values_of FROM unnest(TG_ARGV[2:]) AS name;
  IF TG_OP = 'UPDATE' THEN
    SELECT bool_or(to_jsonb(OLD) -> name <> to_jsonb(NEW) -> name) INTO moved FROM unnest(TG_ARGV[2:]) AS name;
  END IF;
  IF TG_OP = 'DELETE' OR moved THEN
    EXECUTE format('INSERT INTO %s (omnihub_seq, omnihub_op, omnihub_writer, %s) SELECT nextval($1), $2, $3, %s', TG_ARGV[0], keys, values_of) USING TG_ARGV[1], 'D', writer, OLD;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    EXECUTE format('INSERT INTO %s (omnihub_seq, omnihub_op, omnihub_writer, %s) SELECT nextval($1), $2, $3, %s', TG_ARGV[0], keys, values_of) USING TG_ARGV[1], 'U', writer, NEW;
  END IF;
  RETURN NULL;
END $$;
`
