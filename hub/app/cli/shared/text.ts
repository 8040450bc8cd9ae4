import type { Json } from '../../../contracts/json.ts'

/** Control characters could move the cursor or colour the rest of the terminal: they are shown as their code. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (one) => `\\u${one.codePointAt(0)?.toString(16).padStart(4, '0') ?? ''}`,
  )
}

/** Rows under their headings, each column as wide as its widest cell; numbers stand right. */
export function table(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [headings, ...rows].map((row) => row.map((cell) => printable(shown(cell))))
  const widths = headings.map((_, column) => Math.max(...lines.map((row) => row[column]?.length ?? 0)))
  const isNumber = headings.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'))
  return lines
    .map((row) =>
      row
        .map((cell, column) =>
          isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
    .concat('\n')
}

function shown(cell: string | number): string {
  return typeof cell === 'number' ? count(cell) : cell
}

/** 1234567 -> 1,234,567 */
export function count(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-US') : String(value)
}

/** `1 record`, `2 records`. */
export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : many}`
}

const LEAVES_MAX = 500

/** A line for each leaf of a JSON value: `name.given: "Ann"`. */
export function leafLines(value: Json, mark: string): string[] {
  const lines: string[] = []
  addLeaves(value, '', mark, lines)
  return lines.length <= LEAVES_MAX ? lines : [...lines.slice(0, LEAVES_MAX), `${mark} ... and more`]
}

function addLeaves(value: Json, path: string, mark: string, into: string[]): void {
  if (into.length > LEAVES_MAX) return
  const isHolder = typeof value === 'object' && value !== null && Object.keys(value).length > 0
  if (!isHolder) {
    into.push(printable(`${mark} ${path === '' ? '(record)' : path}: ${JSON.stringify(value)}`))
    return
  }
  if (Array.isArray(value)) value.forEach((item, at) => addLeaves(item, `${path}[${at}]`, mark, into))
  else
    for (const [name, member] of Object.entries(value))
      addLeaves(member, path === '' ? name : `${path}.${name}`, mark, into)
}

export function indent(text: string, by = '  '): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : by + line))
    .join('\n')
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
