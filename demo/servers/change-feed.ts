/** What makes a table of the demo tell of its changes, and what is told. */

export const CHANGE_CHANNEL = 'demo_change'

export interface RowChange {
  table: string
  /** Values of the key columns, in their order, as JSON has them. */
  key: (string | number)[]
}

/**
 * Run once the rows are in: from then on every change of a row of these tables is told on CHANGE_CHANNEL. Only the key is told, as a
 * notification holds 8,000 bytes; whoever listens reads the row, and sees its latest state.
 */
export function changeFeedSql(tables: Readonly<Record<string, readonly string[]>>): string {
  const triggers = Object.entries(tables).map(([table, key]) => {
    const columns = key.map((column) => `'${column}'`).join(', ')
    return `CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON "${table}" FOR EACH ROW EXECUTE FUNCTION tell(${columns});`
  })
  return `
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
  key jsonb := '[]';
BEGIN
  FOR i IN 0 .. TG_NARGS - 1 LOOP
    key := key || jsonb_build_array(changed -> TG_ARGV[i]);
  END LOOP;
  PERFORM pg_notify('${CHANGE_CHANNEL}', jsonb_build_object('table', TG_TABLE_NAME, 'key', key)::text);
  RETURN NULL;
END $$;
${triggers.join('\n')}
`
}
