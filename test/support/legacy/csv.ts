/**
 * Reads CSV as RFC 4180 has it: quoted fields may hold commas, line ends and doubled quotes. A field of nothing, without
 * quotes, is null. The first line names the columns.
 */
export function parseCsv(text: string): Record<string, string | null>[] {
  const [header = [], ...rows] = rowsOf(text)
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name ?? '', row[index] ?? null])))
}

const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y

function rowsOf(text: string): (string | null)[][] {
  const rows: (string | null)[][] = []
  let row: (string | null)[] = []
  FIELD.lastIndex = 0
  while (FIELD.lastIndex < text.length) {
    const at = FIELD.lastIndex
    const match = FIELD.exec(text)
    if (match === null) throw new Error(`no CSV at character ${at}`)
    const [, quoted, plain = '', end] = match
    row.push(quoted?.replaceAll('""', '"') ?? (plain === '' ? null : plain))
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}
