/**
 * An ERP of the nineties on its third database: six-letter names, fixed-width text for everything, capitals without diacritics,
 * blanks for "nothing", eight noughts for "no date", amounts with a comma and the sign behind. Only AEDTM, added with the third
 * database, knows the time of a change; rows that were there before have none until they change. Archiving deletes rows.
 */
export const ERP_DDL = `
CREATE SEQUENCE parnr START 1000001;
CREATE SEQUENCE aufnr START 4500000001;

CREATE TABLE "PARTNR" (
  "PARNR" char(10) PRIMARY KEY DEFAULT lpad(nextval('parnr')::text, 10, '0'),
  "KTOKD" char(4)  NOT NULL,
  "ANRED" char(4)  NOT NULL DEFAULT '',
  "NAM1"  char(35) NOT NULL,
  "NAM2"  char(35) NOT NULL DEFAULT '',
  "STRAS" char(35) NOT NULL DEFAULT '',
  "PSTLZ" char(10) NOT NULL DEFAULT '',
  "ORT01" char(25) NOT NULL DEFAULT '',
  "LAND1" char(3)  NOT NULL DEFAULT 'GB',
  "TELF1" char(16) NOT NULL DEFAULT '',
  "TELF2" char(16) NOT NULL DEFAULT '',
  "GBDAT" char(8)  NOT NULL DEFAULT '00000000',
  "STCEG" char(20) NOT NULL DEFAULT '',
  "STATU" char(2)  NOT NULL DEFAULT '02',
  "LOEVM" char(1)  NOT NULL DEFAULT '',
  "ERDAT" char(8)  NOT NULL DEFAULT to_char(current_date, 'YYYYMMDD'),
  "AEDAT" char(8)  NOT NULL DEFAULT '00000000',
  "AEDTM" char(14) NOT NULL DEFAULT ''
);

CREATE TABLE "MATMAS" (
  "MATNR" char(18) PRIMARY KEY,
  "ALTNR" char(18) NOT NULL,
  "MAKTX" char(40) NOT NULL,
  "MTART" char(4)  NOT NULL,
  "MEINS" char(3)  NOT NULL,
  "VPREI" char(12) NOT NULL,
  "WAERS" char(5)  NOT NULL DEFAULT 'GBP',
  "MWSKZ" char(2)  NOT NULL DEFAULT 'A1',
  "LVORM" char(1)  NOT NULL DEFAULT '',
  "ERDAT" char(8)  NOT NULL
);

CREATE TABLE "AUFTRG" (
  "AUFNR" char(10) PRIMARY KEY DEFAULT lpad(nextval('aufnr')::text, 10, '0'),
  "PARNR" char(10) NOT NULL,
  "AUART" char(4)  NOT NULL,
  "MATNR" char(18) NOT NULL,
  "MENGE" char(12) NOT NULL,
  "EINPR" char(12) NOT NULL,
  "NETWR" char(12) NOT NULL,
  "MWSBT" char(12) NOT NULL,
  "BRTWR" char(12) NOT NULL,
  "WAERK" char(5)  NOT NULL DEFAULT 'GBP',
  "STATU" char(2)  NOT NULL DEFAULT '10',
  "ERDAT" char(8)  NOT NULL DEFAULT to_char(current_date, 'YYYYMMDD'),
  "ERZET" char(6)  NOT NULL DEFAULT to_char(localtime, 'HH24MISS'),
  "WADAT" char(8)  NOT NULL DEFAULT '00000000',
  "BSTNK" char(35) NOT NULL DEFAULT '',
  "AEDTM" char(14) NOT NULL DEFAULT ''
);
`

export const ERP_AFTER_LOAD = `
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN NEW."AEDTM" := to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS'); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON "PARTNR" FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON "AUFTRG" FOR EACH ROW EXECUTE FUNCTION touch();
SELECT setval('parnr', greatest((SELECT max("PARNR"::bigint) FROM "PARTNR"), 1000001));
SELECT setval('aufnr', greatest((SELECT max("AUFNR"::bigint) FROM "AUFTRG"), 4500000001));
`
