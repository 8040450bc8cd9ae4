import { nextCrmIdSql } from './ids.ts'

/** A CRM of the last ten years: plain words, surrogate keys, time stamps with zone, and rows that are flagged rather than deleted. */
export const CRM_DDL = `
CREATE SEQUENCE account_no;
CREATE SEQUENCE contact_no;
CREATE SEQUENCE support_case_no;
CREATE SEQUENCE activity_no;
CREATE SEQUENCE consent_no;

CREATE TABLE account (
  id                text PRIMARY KEY DEFAULT ${nextCrmIdSql('account')},
  name              text NOT NULL,
  legal_form        text,
  vat_number        text,
  company_number    text,
  website           text,
  email             text,
  phone             text,
  billing_street    text,
  billing_city      text,
  billing_postcode  text,
  billing_country   text,
  status            text NOT NULL DEFAULT 'Customer',
  is_deleted        boolean NOT NULL DEFAULT false,
  created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at        timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE contact (
  id                text PRIMARY KEY DEFAULT ${nextCrmIdSql('contact')},
  account_id        text REFERENCES account,
  salutation        text,
  first_name        text,
  middle_name       text,
  last_name         text NOT NULL,
  job_title         text,
  gender            text,
  email             text,
  mobile            text,
  phone             text,
  mailing_unit      text,
  mailing_number    text,
  mailing_street    text,
  mailing_locality  text,
  mailing_city      text,
  mailing_county    text,
  mailing_postcode  text,
  mailing_country   text,
  birthdate         date,
  language          text,
  preferred_channel text,
  status            text NOT NULL DEFAULT 'Customer',
  is_deleted        boolean NOT NULL DEFAULT false,
  created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at        timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE support_case (
  id          text PRIMARY KEY DEFAULT ${nextCrmIdSql('support_case')},
  contact_id  text NOT NULL REFERENCES contact,
  subject     text NOT NULL,
  details     text,
  type        text NOT NULL,
  priority    text NOT NULL DEFAULT 'Medium',
  status      text NOT NULL DEFAULT 'New',
  origin      text NOT NULL,
  owner       text,
  opened_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  closed_at   timestamptz,
  resolution  text,
  hub_reference text UNIQUE,
  is_deleted  boolean NOT NULL DEFAULT false,
  updated_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE activity (
  id               text PRIMARY KEY DEFAULT ${nextCrmIdSql('activity')},
  contact_id       text NOT NULL REFERENCES contact,
  case_id          text REFERENCES support_case,
  type             text NOT NULL,
  direction        text NOT NULL,
  subject          text NOT NULL,
  notes            text,
  agent            text,
  started_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  duration_seconds integer,
  hub_reference    text UNIQUE,
  is_deleted       boolean NOT NULL DEFAULT false,
  updated_at       timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE consent (
  id          text PRIMARY KEY DEFAULT ${nextCrmIdSql('consent')},
  contact_id  text NOT NULL REFERENCES contact,
  purpose     text NOT NULL,
  channel     text NOT NULL,
  opted_in    boolean NOT NULL,
  withdrawn   boolean NOT NULL DEFAULT false,
  captured_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  captured_by text,
  hub_reference text UNIQUE,
  is_deleted  boolean NOT NULL DEFAULT false,
  updated_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN NEW.updated_at := clock_timestamp(); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON contact FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON support_case FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON activity FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON consent FOR EACH ROW EXECUTE FUNCTION touch();

CREATE INDEX account_updated_at ON account (updated_at, id);
CREATE INDEX contact_updated_at ON contact (updated_at, id);
CREATE INDEX support_case_updated_at ON support_case (updated_at, id);
CREATE INDEX activity_updated_at ON activity (updated_at, id);
CREATE INDEX consent_updated_at ON consent (updated_at, id);
`

export const CRM_AFTER_LOAD = `
SELECT setval('account_no', greatest((SELECT count(*) FROM account), 1));
SELECT setval('contact_no', greatest((SELECT count(*) FROM contact), 1));
SELECT setval('support_case_no', greatest((SELECT count(*) FROM support_case), 1));
SELECT setval('activity_no', greatest((SELECT count(*) FROM activity), 1));
SELECT setval('consent_no', greatest((SELECT count(*) FROM consent), 1));
`
