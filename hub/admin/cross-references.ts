import type { ClientBase } from 'pg'
import type { Database } from '../store/database.ts'
import { CROSS_REFERENCES, type CrossReferenceRow } from '../store/source-record-queries.ts'

const ROWS_PER_READ = 5_000

/**
 * Lines of NDJSON, `{customer, system, entity, key}`, some thousands at a time, from a cursor in the database: memory
 * stays flat however many there are, and all are of one moment. The reader sets the pace.
 */
export async function* crossReferenceLines(
  db: Database,
  filter: { system?: string; customer?: string },
): AsyncGenerator<Buffer> {
  const pages = new Handover<Buffer>()
  const reading = db
    .session((client) => readAll(client, filter, pages))
    .then(
      () => {
        pages.end()
      },
      (error: unknown) => {
        pages.fail(error)
      },
    )
  try {
    for (let page = await pages.take(); page !== null; page = await pages.take()) yield page
  } finally {
    pages.leave()
    await reading
  }
}

async function readAll(
  client: ClientBase,
  { system, customer }: { system?: string; customer?: string },
  pages: Handover<Buffer>,
): Promise<void> {
  // A reader that stops reading must not hold the connection, and what it keeps from being cleaned up, for ever.
  await client.query("set idle_in_transaction_session_timeout = '60s'")
  await client.query('begin isolation level repeatable read read only')
  await client.query(`declare cross_references no scroll cursor for ${CROSS_REFERENCES}`, [
    system ?? null,
    customer ?? null,
  ])
  for (;;) {
    const { rows } = await client.query<CrossReferenceRow>(`fetch ${ROWS_PER_READ} from cross_references`)
    if (rows.length === 0 || !(await pages.give(Buffer.from(rows.map(lineOf).join(''))))) break
  }
  await client.query('commit')
}

function lineOf({ customer, system, entity, key }: CrossReferenceRow): string {
  return `${JSON.stringify({ customer, system, entity, key })}\n`
}

/** Passes one thing at a time from a writer that must stay inside of its function to a reader outside of it. */
class Handover<Thing> {
  #thing: Thing | undefined
  #ended = false
  #failure: { error: unknown } | undefined
  #left = false
  #wake: (() => void) | undefined

  /** Resolves when the reader wants the next; false when it is gone. */
  async give(thing: Thing): Promise<boolean> {
    this.#thing = thing
    this.#stir()
    while (this.#thing !== undefined && !this.#left) await this.#sleep()
    return !this.#left
  }

  async take(): Promise<Thing | null> {
    for (;;) {
      if (this.#thing !== undefined) {
        const thing = this.#thing
        this.#thing = undefined
        this.#stir()
        return thing
      }
      if (this.#failure !== undefined) throw this.#failure.error
      if (this.#ended) return null
      await this.#sleep()
    }
  }

  end(): void {
    this.#ended = true
    this.#stir()
  }

  fail(error: unknown): void {
    this.#failure = { error }
    this.#stir()
  }

  leave(): void {
    this.#left = true
    this.#stir()
  }

  /** Writer and reader never both sleep: one of them always has something to do, and wakes the other when it has done it. */
  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #stir(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}
