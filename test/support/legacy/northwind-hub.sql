-- What the integration engineer adds, in a schema of its own, since the ERP's tables are its vendor's.
CREATE SCHEMA hub;

-- A record of the hub is one row, and the log knows no views: an order with its details is kept in a table by triggers.
CREATE TABLE hub.order_document AS SELECT o.*, '[]'::jsonb AS details, 0::numeric(12, 2) AS net FROM orders o LIMIT 0;
ALTER TABLE hub.order_document ADD PRIMARY KEY (order_id);

CREATE FUNCTION hub.refresh_order(wanted integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- Whoever changes another detail of the order at this moment waits here, and then sees this one.
  PERFORM FROM orders WHERE order_id = wanted FOR UPDATE;
  DELETE FROM hub.order_document d WHERE d.order_id = wanted
    AND NOT EXISTS (SELECT FROM orders o WHERE o.order_id = wanted);
  INSERT INTO hub.order_document AS known
  SELECT o.*, coalesce(l.details, '[]'), coalesce(l.net, 0)
  FROM orders o CROSS JOIN LATERAL (
    SELECT jsonb_agg(to_jsonb(d) - 'order_id' ORDER BY d.product_id) AS details,
      round(sum(d.unit_price::numeric * d.quantity * (1 - d.discount::numeric)), 2) AS net
    FROM order_details d WHERE d.order_id = o.order_id
  ) l
  WHERE o.order_id = wanted
  ON CONFLICT (order_id) DO UPDATE SET
    (customer_id, employee_id, order_date, required_date, shipped_date, ship_via, freight, ship_name, ship_address,
     ship_city, ship_region, ship_postal_code, ship_country, details, net)
    = ROW (excluded.customer_id, excluded.employee_id, excluded.order_date, excluded.required_date,
     excluded.shipped_date, excluded.ship_via, excluded.freight, excluded.ship_name, excluded.ship_address,
     excluded.ship_city, excluded.ship_region, excluded.ship_postal_code, excluded.ship_country, excluded.details,
     excluded.net);
END
$$;

CREATE FUNCTION hub.on_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN PERFORM hub.refresh_order(NEW.order_id); END IF;
  IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND OLD.order_id <> NEW.order_id THEN
    PERFORM hub.refresh_order(OLD.order_id);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER hub_order AFTER INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION hub.on_change();
CREATE TRIGGER hub_order AFTER INSERT OR UPDATE OR DELETE ON order_details FOR EACH ROW EXECUTE FUNCTION hub.on_change();
SELECT hub.refresh_order(order_id) FROM orders;

-- Products with the names of their categories are polled from a view, by the later change of either.
ALTER TABLE products ADD COLUMN changed_at timestamptz NOT NULL DEFAULT clock_timestamp();
ALTER TABLE categories ADD COLUMN changed_at timestamptz NOT NULL DEFAULT clock_timestamp();
CREATE FUNCTION hub.stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_at := clock_timestamp();
  RETURN NEW;
END
$$;
CREATE TRIGGER hub_stamp BEFORE UPDATE ON products FOR EACH ROW EXECUTE FUNCTION hub.stamp();
CREATE TRIGGER hub_stamp BEFORE UPDATE ON categories FOR EACH ROW EXECUTE FUNCTION hub.stamp();
CREATE VIEW hub.product_overview AS
SELECT p.product_id, p.product_name, p.supplier_id, p.quantity_per_unit, p.unit_price, p.discontinued,
  c.category_name, c.description AS category_description, greatest(p.changed_at, c.changed_at) AS changed_at
FROM products p LEFT JOIN categories c USING (category_id);
