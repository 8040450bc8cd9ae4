import { isJsonObject, type Json } from '../../hub/contracts/json.ts'
import { parseExactJson } from '../shared/exact-json.ts'
import { isTooDeep } from '../shared/json-depth.ts'
import type { FixedField, RowForm } from './options.ts'
import { characterFault, FileFault, type Row } from './row.ts'

const DEPTH_MAX = 50

type LineForm = Exclude<RowForm, { format: 'csv' }>

/** JSON lines, or columns of fixed width. Blank lines are no rows. */
export async function* parseLineRows(
  text: AsyncIterable<string>,
  form: LineForm,
  maxRowLength: number,
): AsyncGenerator<Row> {
  let line = 0
  for await (const raw of lines(text, maxRowLength)) {
    line += 1
    if (raw.trim() === '') continue
    const fault = characterFault(raw)
    if (fault !== undefined) yield { line, fault, raw }
    else yield form.format === 'jsonl' ? jsonRow(raw, line) : fixedRow(raw, line, form.fields)
  }
}

/** Ends at \n or \r\n; the last line needs none. Throws a FileFault for a line that is too long. */
async function* lines(text: AsyncIterable<string>, maxLength: number): AsyncGenerator<string> {
  let rest = ''
  let count = 0
  for await (const piece of text) {
    const parts = (rest + piece).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      count += 1
      if (part.length > maxLength) throw tooLong(count)
      yield part.endsWith('\r') ? part.slice(0, -1) : part
    }
    if (rest.length > maxLength) throw tooLong(count + 1)
  }
  if (rest !== '') yield rest.endsWith('\r') ? rest.slice(0, -1) : rest
}

function tooLong(line: number): FileFault {
  return new FileFault(line, 'A row is longer than "maxRowBytes" allows.')
}

function jsonRow(raw: string, line: number): Row {
  let value: Json
  try {
    value = parseExactJson(raw)
  } catch {
    return { line, fault: 'The row is no JSON.', raw }
  }
  if (!isJsonObject(value)) return { line, fault: 'The row is no JSON object.', raw }
  if (isTooDeep(value, DEPTH_MAX)) return { line, fault: `The row is nested deeper than ${DEPTH_MAX}.`, raw }
  return { line, data: value }
}

/** Blanks at the end of a value are filling; a value of blanks only is null. */
function fixedRow(raw: string, line: number, fields: readonly FixedField[]): Row {
  const characters = [...raw]
  const width = fields.reduce((sum, field) => sum + field.width, 0)
  const last = fields.at(-1)?.width ?? 0
  if (characters.length > width && characters.slice(width).some((each) => each !== ' ')) {
    return { line, fault: `The row has ${characters.length} characters where ${width} are expected.`, raw }
  }
  // Many writers cut the blanks at the end of a row; what is shorter than that was cut off.
  if (characters.length <= width - last) {
    return { line, fault: `The row has only ${characters.length} characters where ${width} are expected.`, raw }
  }
  let at = 0
  const entries = fields.map((field) => {
    const value = characters
      .slice(at, (at += field.width))
      .join('')
      .trimEnd()
    return [field.name, value === '' ? null : value] as const
  })
  return { line, data: Object.fromEntries(entries) }
}
