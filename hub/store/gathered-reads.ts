/** Reads one by one for those who ask, many at a time for the database. */
export class GatheredReads<Row> {
  readonly #one: (id: string) => Promise<Row | undefined>
  readonly #many: (ids: readonly string[]) => Promise<readonly Row[]>
  readonly #idOf: (row: Row) => string
  #waiting = new Map<string, Waiting<Row>[]>()

  /** `many` leaves out those that are not there, and may answer in any order. */
  constructor(options: {
    one(id: string): Promise<Row | undefined>
    many(ids: readonly string[]): Promise<readonly Row[]>
    idOf(row: Row): string
  }) {
    this.#one = options.one
    this.#many = options.many
    this.#idOf = options.idOf
  }

  /**
   * The row of an id, undefined where there is none. What is asked for in the same turn of the event loop (the requests that
   * one look at the sockets brought) is read by one statement: nobody waits for others to come.
   */
  read(id: string): Promise<Row | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) setImmediate(this.#flush)
      const waiting = this.#waiting.get(id)
      if (waiting === undefined) this.#waiting.set(id, [{ resolve, reject }])
      else waiting.push({ resolve, reject })
    })
  }

  readonly #flush = (): void => {
    const waiting = this.#waiting
    this.#waiting = new Map()
    const ids = [...waiting.keys()]
    for (let from = 0; from < ids.length; from += TOGETHER_MAX) {
      void this.#readPart(ids.slice(from, from + TOGETHER_MAX), waiting)
    }
  }

  async #readPart(ids: readonly string[], waiting: ReadonlyMap<string, readonly Waiting<Row>[]>): Promise<void> {
    try {
      const rows = await this.#rowsOf(ids)
      for (const id of ids) for (const { resolve } of waiting.get(id) ?? []) resolve(rows.get(id))
    } catch (error) {
      for (const id of ids) for (const { reject } of waiting.get(id) ?? []) reject(error)
    }
  }

  async #rowsOf(ids: readonly string[]): Promise<ReadonlyMap<string, Row | undefined>> {
    const [first = ''] = ids
    if (ids.length === 1) return new Map([[first, await this.#one(first)]])
    return new Map((await this.#many(ids)).map((row) => [this.#idOf(row), row]))
  }
}

/** More would save little, and the hub would wait for one long answer where it can write what came first meanwhile. */
const TOGETHER_MAX = 8

interface Waiting<Row> {
  resolve(row: Row | undefined): void
  reject(error: unknown): void
}
