-- What the integration engineer adds. A record of the hub is one row, and the log knows no views, so an invoice must carry
-- its lines: triggers keep them in a column of it.
ALTER TABLE Invoice ADD COLUMN `Lines` JSON;
CREATE PROCEDURE RefreshInvoiceLines(IN Wanted INT)
  UPDATE Invoice SET `Lines` = (
    SELECT JSON_ARRAYAGG(
      JSON_OBJECT('InvoiceLineId', l.InvoiceLineId, 'TrackId', l.TrackId, 'UnitPrice', l.UnitPrice, 'Quantity', l.Quantity)
      ORDER BY l.InvoiceLineId
    ) FROM InvoiceLine l WHERE l.InvoiceId = Wanted
  ) WHERE InvoiceId = Wanted;
CREATE TRIGGER InvoiceLineInserted AFTER INSERT ON InvoiceLine FOR EACH ROW CALL RefreshInvoiceLines(NEW.InvoiceId);
CREATE TRIGGER InvoiceLineDeleted AFTER DELETE ON InvoiceLine FOR EACH ROW CALL RefreshInvoiceLines(OLD.InvoiceId);
CREATE TRIGGER InvoiceLineUpdated AFTER UPDATE ON InvoiceLine FOR EACH ROW BEGIN
  CALL RefreshInvoiceLines(NEW.InvoiceId);
  IF OLD.InvoiceId <> NEW.InvoiceId THEN CALL RefreshInvoiceLines(OLD.InvoiceId); END IF;
END;
UPDATE Invoice i SET `Lines` = (
  SELECT JSON_ARRAYAGG(
    JSON_OBJECT('InvoiceLineId', l.InvoiceLineId, 'TrackId', l.TrackId, 'UnitPrice', l.UnitPrice, 'Quantity', l.Quantity)
    ORDER BY l.InvoiceLineId
  ) FROM InvoiceLine l WHERE l.InvoiceId = i.InvoiceId
);
