/**
 * Inventory, written in house about 2012 by people who think in devices. It knows no customers, only sites: where a device
 * stands, and how to reach somebody there. Every change takes the next number of one counter (`rev`).
 */
export const INVENTORY_DDL = `
CREATE SEQUENCE rev;
CREATE SEQUENCE site_id START 70001;

CREATE TABLE site (
  site_id       bigint PRIMARY KEY DEFAULT nextval('site_id'),
  site_kind     char(1) NOT NULL,
  unit          text,
  premise_no    text,
  street        text,
  town          text,
  postcode      text,
  contact_phone text,
  contact_email text,
  install_state text NOT NULL DEFAULT 'LIVE',
  first_install date,
  rev           bigint NOT NULL DEFAULT nextval('rev')
);

CREATE TABLE device (
  serial       text PRIMARY KEY,
  material     char(18) NOT NULL,
  mac          macaddr NOT NULL,
  site_id      bigint REFERENCES site ON DELETE SET NULL,
  state        text NOT NULL DEFAULT 'INSTALLED',
  installed_on date,
  rev          bigint NOT NULL DEFAULT nextval('rev')
);

CREATE TABLE warehouse (
  code  text PRIMARY KEY,
  title text NOT NULL
);

CREATE TABLE stock_level (
  material      char(18) NOT NULL,
  warehouse     text NOT NULL REFERENCES warehouse,
  on_hand       integer NOT NULL,
  reserved      integer NOT NULL DEFAULT 0,
  on_order      integer NOT NULL DEFAULT 0,
  reorder_point integer NOT NULL DEFAULT 20,
  counted_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  rev           bigint NOT NULL DEFAULT nextval('rev'),
  PRIMARY KEY (material, warehouse)
);

CREATE TABLE offer (
  offer_code  text PRIMARY KEY,
  title       text NOT NULL,
  material    char(18) NOT NULL,
  price_pence integer NOT NULL,
  per_month   boolean NOT NULL,
  audience    text NOT NULL,
  valid_from  date NOT NULL,
  valid_to    date,
  state       text NOT NULL DEFAULT 'OPEN',
  rev         bigint NOT NULL DEFAULT nextval('rev')
);

CREATE FUNCTION next_rev() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN NEW.rev := nextval('rev'); RETURN NEW; END $$;
CREATE TRIGGER next_rev BEFORE UPDATE ON site FOR EACH ROW EXECUTE FUNCTION next_rev();
CREATE TRIGGER next_rev BEFORE UPDATE ON device FOR EACH ROW EXECUTE FUNCTION next_rev();
CREATE TRIGGER next_rev BEFORE UPDATE ON stock_level FOR EACH ROW EXECUTE FUNCTION next_rev();
CREATE TRIGGER next_rev BEFORE UPDATE ON offer FOR EACH ROW EXECUTE FUNCTION next_rev();

CREATE INDEX site_rev ON site (rev);
CREATE INDEX device_site ON device (site_id);
CREATE INDEX stock_level_rev ON stock_level (rev);
CREATE INDEX offer_rev ON offer (rev);
`

export const INVENTORY_AFTER_LOAD = `
SELECT setval('site_id', greatest((SELECT max(site_id) FROM site), 70001));
`
