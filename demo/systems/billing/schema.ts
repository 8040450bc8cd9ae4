/**
 * Billing, bought about 2005: tidy tables, but local times without a zone, cents here and pounds there, codes of a letter.
 * Only changed_at, added years later for a data warehouse, is in UTC: without a zone too, but it never goes back in autumn.
 */
export const BILLING_DDL = `
CREATE SEQUENCE account_no START 1000001;
CREATE SEQUENCE invoice_no START 500000001;
CREATE SEQUENCE payment_id;

CREATE TABLE customer_account (
  account_no    varchar(12)  PRIMARY KEY DEFAULT 'LC-' || nextval('account_no'),
  customer_type char(1)      NOT NULL,
  full_name     varchar(80)  NOT NULL,
  addr_line1    varchar(60),
  addr_line2    varchar(60),
  addr_line3    varchar(60),
  phone         varchar(30),
  email         varchar(120),
  state_code    char(2)      NOT NULL DEFAULT 'AC',
  opened        timestamp    NOT NULL DEFAULT localtimestamp(0),
  closed        timestamp,
  changed_at    timestamp    NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'UTC')
);

CREATE TABLE credit_standing (
  account_no    varchar(12)   PRIMARY KEY REFERENCES customer_account ON DELETE CASCADE,
  standing      char(1)       NOT NULL DEFAULT 'B',
  balance_cents integer       NOT NULL DEFAULT 0,
  credit_limit  numeric(10,2) NOT NULL DEFAULT 150.00,
  currency      char(3)       NOT NULL DEFAULT 'GBP',
  pay_method    char(2)       NOT NULL DEFAULT 'DD',
  terms_days    smallint      NOT NULL DEFAULT 14,
  dunning_level smallint      NOT NULL DEFAULT 0,
  changed_at    timestamp     NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'UTC')
);

CREATE TABLE invoice (
  invoice_no   integer     PRIMARY KEY DEFAULT nextval('invoice_no'),
  account_no   varchar(12) NOT NULL REFERENCES customer_account ON DELETE CASCADE,
  doc_type     char(1)     NOT NULL DEFAULT 'I',
  issued       timestamp   NOT NULL DEFAULT localtimestamp(0),
  due          date        NOT NULL,
  period_from  date,
  period_to    date,
  net_cents    integer     NOT NULL,
  vat_cents    integer     NOT NULL,
  total_cents  integer     NOT NULL,
  open_cents   integer     NOT NULL,
  currency     char(3)     NOT NULL DEFAULT 'GBP',
  state        char(1)     NOT NULL DEFAULT 'O',
  changed_at   timestamp   NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'UTC')
);

CREATE TABLE payment (
  payment_id bigint        PRIMARY KEY DEFAULT nextval('payment_id'),
  account_no varchar(12)   NOT NULL REFERENCES customer_account ON DELETE CASCADE,
  invoice_no integer       REFERENCES invoice ON DELETE CASCADE,
  amount     numeric(10,2) NOT NULL,
  currency   char(3)       NOT NULL DEFAULT 'GBP',
  method     char(2)       NOT NULL,
  state      char(1)       NOT NULL DEFAULT 'S',
  reference  varchar(40),
  paid       timestamp     NOT NULL DEFAULT localtimestamp(0),
  changed_at timestamp     NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'UTC')
);

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN NEW.changed_at := clock_timestamp() AT TIME ZONE 'UTC'; RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON customer_account FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON credit_standing FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON invoice FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION touch();

CREATE INDEX customer_account_changed ON customer_account (changed_at, account_no);
CREATE INDEX credit_standing_changed ON credit_standing (changed_at, account_no);
CREATE INDEX invoice_changed ON invoice (changed_at, invoice_no);
CREATE INDEX invoice_account ON invoice (account_no);
CREATE INDEX payment_changed ON payment (changed_at, payment_id);
CREATE INDEX payment_invoice ON payment (invoice_no);
`

export const BILLING_AFTER_LOAD = `
SELECT setval('account_no', greatest((SELECT max(substr(account_no, 4)::bigint) FROM customer_account), 1000001));
SELECT setval('invoice_no', greatest((SELECT max(invoice_no) FROM invoice), 500000001));
SELECT setval('payment_id', greatest((SELECT max(payment_id) FROM payment), 1));
`
