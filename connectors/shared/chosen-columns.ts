import { schemaError } from './errors.ts'
import type { TableOptions } from './table-options.ts'

export interface ChosenColumns<Column> {
  /** Columns that are read, in the table's order: those wanted, and those that the options need. */
  selected: Column[]
  key: Column[]
  watermark: Column | undefined
}

/**
 * Which columns of a table the options choose. Throws `connector.schema` for a key that is missing, and for a column that
 * the options name and the table has not.
 */
export function chooseColumns<Column extends { name: string }>(
  table: { title: string; columns: ReadonlyMap<string, Column>; primaryKey: readonly string[] },
  options: TableOptions,
  isInteger: (column: Column) => boolean,
): ChosenColumns<Column> {
  const where = `/entities/${options.entity}/options`
  const column = (name: string, option: string): Column => {
    const found = table.columns.get(name)
    if (found) return found
    throw schemaError(`The table ${table.title} has no column "${name}".`, {
      where: `${where}/${option}`,
      fix: `It has ${[...table.columns.keys()].join(', ')}.`,
    })
  }
  const keyNames = options.keyColumns ?? table.primaryKey
  if (keyNames.length === 0) {
    throw schemaError(`The table ${table.title} has no primary key.`, {
      where: `${where}/keyColumns`,
      fix: 'Name the columns that identify a row in keyColumns.',
    })
  }
  const key = keyNames.map((name) => column(name, 'keyColumns'))
  const { watermarkColumn, sequenceColumn, deletedWhen, include, exclude } = options
  const watermark = watermarkColumn === undefined ? undefined : column(watermarkColumn, 'watermarkColumn')
  const sequence = sequenceColumn === undefined ? undefined : column(sequenceColumn, 'sequenceColumn')
  if (sequence && !isInteger(sequence)) {
    throw schemaError(`The column "${sequence.name}" holds no integers.`, {
      where: `${where}/sequenceColumn`,
      fix: 'Name an integer column that grows with each change of a row, or none.',
    })
  }
  const needed = new Set<Column | undefined>([...key, watermark, sequence])
  if (deletedWhen !== undefined) needed.add(column(deletedWhen.column, 'deletedWhen'))
  for (const name of include ?? []) needed.add(column(name, 'columns/include'))
  const selected = [...table.columns.values()].filter(
    (each) => needed.has(each) || (include === undefined && !exclude.includes(each.name)),
  )
  return { selected, key, watermark }
}
