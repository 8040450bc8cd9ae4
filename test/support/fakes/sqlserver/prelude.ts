/**
 * What SQL Server has and PostgreSQL has not, made in PostgreSQL: catalogue views, functions, row versions and Change
 * Tracking. Row versions are given within a transaction and become visible at its end; change versions are given at the
 * commit, in the order of commits; changes are told net, one a row.
 */
export const PRELUDE = String.raw`
CREATE SCHEMA dbo; CREATE SCHEMA sys; CREATE SCHEMA tsql;
GRANT USAGE ON SCHEMA dbo, sys, tsql TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA sys, tsql GRANT SELECT ON TABLES TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA tsql GRANT ALL ON SEQUENCES TO PUBLIC;

CREATE FUNCTION tsql.sysutcdatetime() RETURNS text LANGUAGE sql VOLATILE AS
  $$ SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '0' $$;

CREATE TABLE tsql.tables (table_id oid PRIMARY KEY, modify_date text NOT NULL DEFAULT tsql.sysutcdatetime(), min_valid bigint);
CREATE TABLE tsql.columns (table_id oid, name text, type text, max_length integer, precision integer, scale integer);
CREATE TABLE tsql.changes (id bigserial PRIMARY KEY, table_id oid, key jsonb, operation text, context bytea, version bigint);
CREATE INDEX ON tsql.changes (table_id, version);
CREATE SEQUENCE tsql.change_version START 1000;
CREATE SEQUENCE tsql.row_version START 2001;

-- Times are text in the canonical form of style 121.
CREATE FUNCTION tsql.to_time(value text, type text, scale integer) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE parts text[]; digits integer; moment timestamp;
BEGIN
  IF value IS NULL THEN RETURN NULL; END IF;
  IF type = 'time' THEN
    parts := regexp_match(value, '^(\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?$');
    IF parts IS NULL THEN RAISE datetime_field_overflow USING MESSAGE = 'conversion'; END IF;
    PERFORM parts[1]::time;
    RETURN parts[1] || CASE WHEN scale > 0 THEN '.' || rpad(left(coalesce(parts[2], ''), scale), scale, '0') ELSE '' END;
  END IF;
  parts := regexp_match(value, '^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?)?(?: ([+-]\d\d:\d\d))?$');
  IF parts IS NULL THEN RAISE datetime_field_overflow USING MESSAGE = 'conversion'; END IF;
  moment := (parts[1] || ' ' || coalesce(parts[2], '00:00:00'))::timestamp;
  IF type = 'date' THEN RETURN parts[1]; END IF;
  digits := CASE type WHEN 'datetime' THEN 3 WHEN 'smalldatetime' THEN 0 ELSE scale END;
  IF type = 'datetime' AND length(parts[3]) > 3 THEN RAISE datetime_field_overflow USING MESSAGE = 'conversion'; END IF;
  RETURN parts[1] || ' ' || coalesce(parts[2], '00:00:00')
    || CASE WHEN digits > 0 THEN '.' || rpad(left(coalesce(parts[3], ''), digits), digits, '0') ELSE '' END
    || CASE WHEN type = 'datetimeoffset' THEN ' ' || coalesce(parts[4], '+00:00') ELSE '' END;
END $$;
CREATE FUNCTION tsql.to_bit(value text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
  $$ SELECT CASE WHEN lower(value) IN ('true', 'false') THEN lower(value)::boolean ELSE value::numeric <> 0 END $$;
CREATE FUNCTION tsql.dateadd(unit text, count integer, value text) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT to_char(left(value, 26)::timestamp + make_interval(secs => count), 'YYYY-MM-DD HH24:MI:SS.US') || substr(value, 27) $$;

CREATE FUNCTION tsql.serverproperty(name text) RETURNS text LANGUAGE sql STABLE AS
  $$ SELECT CASE name WHEN 'ProductVersion' THEN '16.0.0.0' ELSE 'Fake Edition (PostgreSQL ' || current_setting('server_version') || ')' END $$;
CREATE FUNCTION tsql.schema_name() RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'dbo'::text $$;
CREATE FUNCTION tsql.db_name() RETURNS text LANGUAGE sql STABLE AS $$ SELECT current_database()::text $$;
CREATE FUNCTION tsql.quotename(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT quote_ident(name) $$;
CREATE FUNCTION tsql.has_perms_by_name(name text, class text, permission text) RETURNS integer LANGUAGE sql STABLE AS
  $$ SELECT has_table_privilege(name, permission)::integer $$;
CREATE FUNCTION tsql.type_name(id integer) RETURNS text LANGUAGE sql STABLE AS
  $$ SELECT (SELECT t.type FROM (SELECT DISTINCT type FROM tsql.columns) AS t WHERE hashtext(t.type) = id) $$;

CREATE VIEW sys.schemas AS SELECT oid::integer AS schema_id, nspname::text AS name FROM pg_namespace;
CREATE VIEW sys.objects AS
  SELECT c.oid::integer AS object_id, c.relname::text AS name, c.relnamespace::integer AS schema_id,
    CASE c.relkind WHEN 'v' THEN 'V' ELSE 'U' END AS type, t.modify_date, (CASE WHEN n.nspname = 'dbo' THEN 0 ELSE 1 END) AS is_ms_shipped
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN tsql.tables t ON t.table_id = c.oid
  WHERE c.relkind IN ('r', 'v') AND has_table_privilege(c.oid, 'SELECT');
CREATE VIEW sys.columns AS
  SELECT a.attrelid::integer AS object_id, a.attname::text AS name, a.attnum::integer AS column_id, hashtext(c.type) AS system_type_id,
    hashtext(c.type) AS user_type_id, c.max_length, c.precision, c.scale, NOT a.attnotnull AS is_nullable
  FROM pg_attribute a JOIN tsql.columns c ON c.table_id = a.attrelid AND c.name = a.attname
  WHERE a.attnum > 0 AND NOT a.attisdropped;
CREATE VIEW sys.types AS SELECT DISTINCT hashtext(type) AS user_type_id, type AS name FROM tsql.columns;
CREATE VIEW sys.indexes AS
  SELECT indrelid::integer AS object_id, indexrelid::integer AS index_id, indisprimary::integer AS is_primary_key,
    indisunique::integer AS is_unique, (indpred IS NOT NULL)::integer AS has_filter, 0 AS is_disabled FROM pg_index;
CREATE VIEW sys.index_columns AS
  SELECT indrelid::integer AS object_id, indexrelid::integer AS index_id, k.attnum::integer AS column_id, k.place::integer AS key_ordinal
  FROM pg_index CROSS JOIN LATERAL unnest(indkey) WITH ORDINALITY AS k(attnum, place);
CREATE VIEW sys.partitions AS
  SELECT oid::integer AS object_id, 1 AS index_id, greatest(reltuples, 0)::bigint AS rows FROM pg_class;
CREATE VIEW sys.databases AS SELECT datname::text AS name, 1 AS snapshot_isolation_state FROM pg_database;

-- Row versions: the lock of the first one of a transaction says that it is still open.
CREATE FUNCTION tsql.stamp_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE version bigint;
BEGIN
  version := nextval('tsql.row_version');
  PERFORM pg_advisory_xact_lock_shared(7001, version::integer);
  RETURN jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], '\x' || lpad(to_hex(version), 16, '0')));
END $$;
CREATE FUNCTION tsql.min_active_rowversion() RETURNS bytea LANGUAGE sql VOLATILE AS $$
  SELECT decode(lpad(to_hex(coalesce(
    (SELECT min(objid::bigint) FROM pg_locks WHERE locktype = 'advisory' AND classid = 7001),
    (SELECT last_value + 1 FROM tsql.row_version))), 16, '0'), 'hex') $$;

CREATE FUNCTION tsql.note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE row jsonb := to_jsonb(coalesce(NEW, OLD)); key jsonb;
BEGIN
  SELECT jsonb_object_agg(name, row -> name) INTO key FROM unnest(TG_ARGV) AS name;
  INSERT INTO tsql.changes (table_id, key, operation, context)
  VALUES (TG_RELID, key, left(TG_OP, 1), decode(nullif(current_setting('tsql.context', true), ''), 'hex'));
  RETURN NULL;
END $$;
-- At the commit, one after the other: versions are in the order in which changes become visible.
CREATE FUNCTION tsql.give_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7002, 0);
  IF coalesce(current_setting('tsql.version', true), '') = '' THEN
    PERFORM set_config('tsql.version', nextval('tsql.change_version')::text, true);
  END IF;
  UPDATE tsql.changes SET version = current_setting('tsql.version')::bigint WHERE id = NEW.id;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON tsql.changes DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION tsql.give_version();

CREATE FUNCTION tsql.change_tracking_current_version() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER AS
  $$ SELECT greatest((SELECT max(version) FROM tsql.changes), (SELECT max(min_valid) FROM tsql.tables), 999) $$;
CREATE FUNCTION tsql.change_tracking_min_valid_version(id integer) RETURNS bigint LANGUAGE sql STABLE AS
  $$ SELECT min_valid FROM tsql.tables WHERE table_id = id AND has_table_privilege(id, 'SELECT') $$;
CREATE FUNCTION tsql.enable_tracking(tracked regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE keys text;
BEGIN
  SELECT string_agg(quote_literal(a.attname), ', ') INTO keys FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = tracked AND i.indisprimary;
  EXECUTE format('CREATE TRIGGER change_tracking AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION tsql.note_change(%s)', tracked, keys);
  UPDATE tsql.tables SET min_valid = tsql.change_tracking_current_version() WHERE table_id = tracked;
END $$;
CREATE FUNCTION tsql.disable_tracking(tracked regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE current bigint := tsql.change_tracking_current_version();
BEGIN
  EXECUTE format('DROP TRIGGER change_tracking ON %s', tracked);
  UPDATE tsql.tables SET min_valid = NULL WHERE table_id = tracked;
  DELETE FROM tsql.changes WHERE table_id = tracked;
  -- The versions of the database never go back.
  INSERT INTO tsql.tables (table_id, min_valid) VALUES (0, current) ON CONFLICT (table_id) DO UPDATE SET min_valid = current;
END $$;
CREATE FUNCTION tsql.net_changes(tracked regclass, since bigint)
  RETURNS TABLE (key jsonb, version bigint, operation text, context bytea) LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT last.key, last.version,
    CASE WHEN last.operation = 'D' THEN 'D'
         WHEN EXISTS (SELECT 1 FROM tsql.changes f WHERE f.table_id = tracked::oid AND f.key = last.key AND f.version > since AND f.operation = 'I') THEN 'I'
         ELSE 'U' END, last.context
  FROM (SELECT DISTINCT ON (c.key) c.key, c.version, c.operation, c.context FROM tsql.changes c
        WHERE c.table_id = tracked::oid AND c.version > since ORDER BY c.key, c.id DESC) AS last $$;
`
