import type { JsonObject } from '../../hub/contracts/json.ts'

/** One row of a file; `line` counts from 1, a header included. */
export type Row = { line: number; data: JsonObject } | WrongRow

/** A row that can't be read; the others of its file are. */
export interface WrongRow {
  line: number
  fault: string
  /** The row as it stands there, cut to a bound. */
  raw: string
}

/** Thrown where nothing more of a file can be read; what came before it was. */
export class FileFault extends Error {
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

/** What no text file has: the sign for bytes that are not in its encoding, and NUL, which no database takes. */
export function characterFault(text: string): string | undefined {
  if (text.includes('\uFFFD')) return 'The row is not in the encoding that the options name.'
  if (text.includes('\0')) return 'The row has a NUL character.'
  return undefined
}
