import { stringifyRow } from './csv-text.ts'
import type { FoundFile } from './file-list.ts'
import type { FileOptions } from './options.ts'
import { type FilePlace, joinPath } from './place.ts'
import type { WrongRow } from './row.ts'

const ROWS_MAX = 10_000

/** What was wrong with the rows of one file, as a file for its sender: `errors/<name>.errors.csv`, line by line. */
export class ErrorReport {
  readonly #place: FilePlace
  readonly #options: FileOptions
  readonly #file: FoundFile
  readonly #rows: WrongRow[] = []
  count = 0

  constructor(place: FilePlace, options: FileOptions, file: FoundFile) {
    this.#place = place
    this.#options = options
    this.#file = file
  }

  add(row: WrongRow): void {
    this.count += 1
    if (this.#rows.length < ROWS_MAX) this.#rows.push(row)
  }

  /** The same file gives the same report: reading it twice writes it twice over. */
  async write(): Promise<void> {
    const { errorsFolder } = this.#options
    if (errorsFolder === undefined) return
    const rows = this.#rows.map(({ line, fault, raw }) => stringifyRow([String(line), fault, raw], ','))
    const rest = this.count - this.#rows.length
    if (rest > 0) rows.push(stringifyRow(['', `${rest} more rows are wrong.`, ''], ','))
    const path = joinPath(errorsFolder, `${this.#file.name}.errors.csv`)
    await this.#place.write(path, [stringifyRow(['line', 'error', 'row'], ','), ...rows].join(''))
  }
}
