import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { ClientBase, QueryConfig } from 'pg'
import { asHubError } from '../../contracts/hub-error.ts'
import type { Masking } from '../../security/masking.ts'
import { endTurn } from '../../store/bulk-queries.ts'
import {
  beginSnapshot,
  claimExport,
  type ClaimedExport,
  fetchPage,
  keepChunk,
  noteSnapshot,
  openCursor,
  releaseExport,
} from '../../store/bulk-export-queries.ts'
import type { Database } from '../../store/database.ts'
import type { Queryable } from '../../store/queryable.ts'
import type { EntityRow } from '../../store/source-record-queries.ts'
import { type ExportRequest, type LineMaker, lineMaker, type Selector } from './export-request.ts'

export interface ExportRunnerOptions {
  db: Database
  newId(): string
  selectorOf(entity: ExportRequest['entity'], fields: readonly string[]): Selector
  maskingOf(role: string): Masking | null
  /** The texts of records as the API answers them, read in the same snapshot. */
  textsOf(db: Queryable, rows: readonly EntityRow[]): Promise<string[]>
}

const ROWS_PER_PAGE = 1_000
const CHUNK_BYTES = 1024 * 1024
/** A process that does not tell of itself for so long has died: another one begins the export anew. */
export const SILENT_SECONDS = 60
const GZIP_LEVEL = 4
const compress = promisify(gzip)

/**
 * Does the exports that wait, one at a time: reads a snapshot (one transaction, repeatable read) through a cursor, and keeps the lines
 * compressed in the database, from where any process serves them. A turn that was lost, by a crash or by being
 * cancelled, leaves no line behind: whoever takes the export next begins with a snapshot of its own.
 */
export class ExportRunner {
  readonly #options: ExportRunnerOptions
  readonly #stopping = new AbortController()
  #working: Promise<void> | undefined

  constructor(options: ExportRunnerOptions) {
    this.#options = options
  }

  /** Resolves when nothing waits any more. Never runs twice at once. */
  work(): Promise<void> {
    this.#working ??= this.#workOff().finally(() => {
      this.#working = undefined
    })
    return this.#working
  }

  /** Gives what it is about to another process. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#working?.catch(() => undefined)
  }

  async #workOff(): Promise<void> {
    const { db, newId } = this.#options
    while (!this.#stopping.signal.aborted) {
      const turn = newId()
      const job = await claimExport(db, turn, SILENT_SECONDS)
      if (job === undefined) return
      await this.#export(job, turn)
    }
  }

  async #export(job: ClaimedExport, turn: string): Promise<void> {
    const { db } = this.#options
    try {
      const isDone = await db.session((client) => this.#read(client, job, turn))
      if (isDone) await endTurn(db, job.no, turn, 'completed')
      else await releaseExport(db, job.no, turn)
    } catch (thrown) {
      const error = asHubError(thrown)
      if (error.family === 'retry') {
        await releaseExport(db, job.no, turn)
        throw error
      }
      await endTurn(db, job.no, turn, 'failed', { code: error.code, message: error.message })
      if (error.family === 'bug') throw error
    }
  }

  /** False where it did not come to the end. */
  async #read(client: ClientBase, job: ClaimedExport, turn: string): Promise<boolean> {
    const { db, textsOf } = this.#options
    const request = job.request as unknown as ExportRequest
    const { entity, since } = request
    const snapshot: Queryable = { query: (config: QueryConfig) => client.query(config) }
    await client.query('set statement_timeout = 0')
    await client.query('begin isolation level repeatable read read only')
    const chunks = new ChunkWriter(db, job.no, turn, this.#lineMaker(request, job.role))
    const begun = await beginSnapshot(snapshot, entity, since)
    if (!(await noteSnapshot(db, job.no, turn, begun))) return false
    await openCursor(snapshot, entity, since)
    for (;;) {
      if (this.#stopping.signal.aborted) return false
      const texts =
        entity === 'customer'
          ? (await fetchPage<{ golden: string }>(snapshot, ROWS_PER_PAGE)).map(({ golden }) => golden)
          : await textsOf(snapshot, await fetchPage<EntityRow>(snapshot, ROWS_PER_PAGE))
      if (texts.length === 0) break
      if (!(await chunks.add(texts))) return false
    }
    const isKept = await chunks.end()
    await client.query('commit')
    return isKept
  }

  #lineMaker(request: ExportRequest, role: string): LineMaker {
    const { selectorOf, maskingOf } = this.#options
    return lineMaker(request, { selectorOf, masking: maskingOf(role) })
  }
}

/** Puts lines together to chunks of about a megabyte, and keeps each with how far the export is. */
class ChunkWriter {
  readonly #db: Queryable
  readonly #jobNo: number
  readonly #turn: string
  readonly #lineOf: LineMaker
  #looked = 0
  #chunks = 0
  #firstLine = 1
  #firstByte = 0
  #lines: string[] = []
  #size = 0

  constructor(db: Queryable, jobNo: number, turn: string, lineOf: LineMaker) {
    this.#db = db
    this.#jobNo = jobNo
    this.#turn = turn
    this.#lineOf = lineOf
  }

  /** False where the turn is over. */
  async add(texts: readonly string[]): Promise<boolean> {
    for (const text of texts) {
      const line = this.#lineOf(text)
      if (line === null) continue
      this.#lines.push(line)
      this.#size += line.length
      if (this.#size >= CHUNK_BYTES && !(await this.end())) return false
    }
    this.#looked += texts.length
    return keepChunk(this.#db, this.#jobNo, this.#turn, this.#looked, null)
  }

  /** Keeps what is left. */
  async end(): Promise<boolean> {
    if (this.#lines.length === 0) return keepChunk(this.#db, this.#jobNo, this.#turn, this.#looked, null)
    const raw = Buffer.from(`${this.#lines.join('\n')}\n`)
    const chunk = {
      no: this.#chunks,
      firstLine: this.#firstLine,
      lines: this.#lines.length,
      firstByte: this.#firstByte,
      bytes: raw.length,
      content: await compress(raw, { level: GZIP_LEVEL }),
    }
    this.#chunks += 1
    this.#firstLine += chunk.lines
    this.#firstByte += chunk.bytes
    this.#lines = []
    this.#size = 0
    return keepChunk(this.#db, this.#jobNo, this.#turn, this.#looked, chunk)
  }
}
