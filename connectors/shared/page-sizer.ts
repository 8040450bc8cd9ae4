const BYTES_PER_PAGE = 4 * 1024 * 1024
const FIRST_PAGE_ROWS = 100

/**
 * How many rows to ask for next, so that a page stays near 4 MiB however wide the rows are: memory stays flat over a table
 * with a few bytes in a row as over one with megabytes. Starts small, because nothing is known about the first page.
 */
export class PageSizer {
  readonly #rowsMax: number
  #rows: number

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax
    this.#rows = Math.min(rowsMax, FIRST_PAGE_ROWS)
  }

  get rows(): number {
    return this.#rows
  }

  /** @param bytes size of the page as its values came over the wire */
  note(rows: number, bytes: number): void {
    if (rows === 0) return
    const fitting = Math.floor(BYTES_PER_PAGE / Math.max(1, bytes / rows))
    this.#rows = Math.max(1, Math.min(this.#rowsMax, fitting, this.#rows * 10))
  }
}
