import { type Column } from './catalog.ts'
import { changeTableOf, quoted } from './statements.ts'

/** The table whose changes are to be noted; names as the database has them. */
export interface FollowedTable {
  schema: string
  table: string
  /** The key columns with their types, `{ name: 'ID', type: 'NUMBER(10)' }`. */
  key: readonly Pick<Column, 'name' | 'type'>[]
  /** Default `<table>_OMNIHUB`, as in the entity's options. */
  changeTable?: string
}

/**
 * What the owner of the table runs once for mode log, statement by statement (the last one as a whole: it is PL/SQL): a
 * table that notes which rows changed, a sequence that numbers the changes, a trigger that writes them, in the transaction
 * that changes the row. Then `GRANT SELECT, DELETE` on the table and `GRANT SELECT` on the sequence to the hub's account.
 */
export function changeTableDdl(followed: FollowedTable): string[] {
  const name = followed.changeTable ?? `${followed.table}_OMNIHUB`
  const { sql, sequenceSql } = changeTableOf(followed.schema, name)
  const table = `${quoted(followed.schema)}.${quoted(followed.table)}`
  const keys = followed.key.map((column) => quoted(column.name))
  const note = (row: ':OLD' | ':NEW', operation: string): string =>
    `INSERT INTO ${sql} (omnihub_seq, omnihub_op, omnihub_writer, ${keys.join(', ')})
    VALUES (${sequenceSql}.NEXTVAL, '${operation}', writer, ${keys.map((key) => `${row}.${key}`).join(', ')});`
  const moved = keys.map((key) => `:OLD.${key} <> :NEW.${key}`).join(' OR ')
  return [
    `CREATE TABLE ${sql} (
  omnihub_seq NUMBER(19) NOT NULL PRIMARY KEY,
  omnihub_op CHAR(1) NOT NULL,
  omnihub_writer VARCHAR2(64),
  omnihub_at TIMESTAMP(6) WITH TIME ZONE DEFAULT SYSTIMESTAMP NOT NULL,
  ${followed.key.map((column) => `${quoted(column.name)} ${column.type} NOT NULL`).join(',\n  ')}
)`,
    // Not cached, and in order on every node of a cluster: changes of one row must have growing numbers.
    `CREATE SEQUENCE ${sequenceSql} NOCACHE ORDER`,
    `CREATE OR REPLACE TRIGGER ${quoted(followed.schema)}.${quoted(`${name}_TRG`)}
AFTER INSERT OR UPDATE OR DELETE ON ${table} FOR EACH ROW
DECLARE
  writer VARCHAR2(64) := SYS_CONTEXT('USERENV', 'CLIENT_IDENTIFIER');
BEGIN
  IF DELETING OR (UPDATING AND (${moved})) THEN
    ${note(':OLD', 'D')}
  END IF;
  IF NOT DELETING THEN
    ${note(':NEW', 'U')}
  END IF;
END;`,
  ]
}
