-- Northwind's tables as they stand at the customer: prices and discounts in floating point, no time of change anywhere.
CREATE TABLE categories (
  category_id smallint PRIMARY KEY, category_name varchar(15) NOT NULL, description text, picture bytea
);
CREATE TABLE suppliers (
  supplier_id smallint PRIMARY KEY, company_name varchar(40) NOT NULL, contact_name varchar(30),
  contact_title varchar(30), address varchar(60), city varchar(15), region varchar(15), postal_code varchar(10),
  country varchar(15), phone varchar(24), fax varchar(24), homepage text
);
CREATE TABLE products (
  product_id smallint PRIMARY KEY, product_name varchar(40) NOT NULL, supplier_id smallint REFERENCES suppliers,
  category_id smallint REFERENCES categories, quantity_per_unit varchar(20), unit_price real, units_in_stock smallint,
  units_on_order smallint, reorder_level smallint, discontinued integer NOT NULL
);
CREATE TABLE customers (
  customer_id varchar(5) PRIMARY KEY, company_name varchar(40) NOT NULL, contact_name varchar(30),
  contact_title varchar(30), address varchar(60), city varchar(15), region varchar(15), postal_code varchar(10),
  country varchar(15), phone varchar(24), fax varchar(24)
);
CREATE TABLE orders (
  order_id integer PRIMARY KEY, customer_id varchar(5) REFERENCES customers, employee_id smallint, order_date date,
  required_date date, shipped_date date, ship_via smallint, freight real, ship_name varchar(40),
  ship_address varchar(60), ship_city varchar(15), ship_region varchar(15), ship_postal_code varchar(10),
  ship_country varchar(15)
);
CREATE TABLE order_details (
  order_id integer REFERENCES orders, product_id smallint REFERENCES products, unit_price real NOT NULL,
  quantity smallint NOT NULL, discount real NOT NULL, PRIMARY KEY (order_id, product_id)
);
