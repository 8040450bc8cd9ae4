import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { type BulkJob, type BulkState, cancelJob, insertJob, listJobs, readJob } from '../../store/bulk-queries.ts'
import {
  type Chunk,
  chunkAt,
  chunkOfByte,
  chunkOfLine,
  expireExport,
  openExports,
} from '../../store/bulk-export-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { type ExportRequest, lineMaker, type LineTools } from './export-request.ts'

export interface ExportDeskOptions {
  db: Queryable
  newId(): string
  tools(role: string): LineTools
  /** Told that there is work. */
  onCreated(): void
}

/** Who asks. An export is seen by the key that asked for it, and by admins. */
export interface Exporter {
  actor: string
  keyId: string
  role: string
  system: string | null
}

/** The bytes of an export that is ready, uncompressed. */
export interface ExportData {
  bytes: number
  /** The part of them from `from` (inclusive) to `to` (exclusive). */
  read(from: number, to: number): AsyncGenerator<Buffer>
  /** Where a line begins, from 1; the end of all for the one after the last. */
  byteOfLine(line: number): Promise<number>
}

const OPEN_MAX = 5
const LINE_FEED = 0x0a
const decompress = promisify(gunzip)

export class ExportDesk {
  readonly #options: ExportDeskOptions

  constructor(options: ExportDeskOptions) {
    this.#options = options
  }

  /**
   * In the caller's transaction; `wake` after it is committed. Throws for a filter or a field that there is not, before anything
   * is kept.
   */
  async create(db: Queryable, exporter: Exporter, request: ExportRequest): Promise<BulkJob> {
    const { newId, tools } = this.#options
    lineMaker(request, tools(exporter.role))
    if ((await openExports(db, exporter.keyId)) >= OPEN_MAX) throw tooMany()
    const order = { id: newId(), kind: 'export', turn: null, request: { ...request } as JsonObject } as const
    const job = await insertJob(db, { ...order, ...exporter })
    if (job === undefined) throw unknownExport()
    return job
  }

  /** There is work. */
  wake(): void {
    this.#options.onCreated()
  }

  async read(exporter: Exporter, id: string): Promise<BulkJob> {
    const job = await readJob(this.#options.db, 'export', id)
    if (job === undefined || !maySee(exporter, job)) throw unknownExport()
    return job
  }

  async list(
    { role, keyId }: Exporter,
    state: BulkState | null,
    before: number | null,
    limit: number,
  ): Promise<BulkJob[]> {
    const filter = { kind: 'export', keyId: role === 'admin' ? null : keyId, system: null, state } as const
    return listJobs(this.#options.db, filter, before, limit)
  }

  /** Stops one that is under way; drops the lines of one that is ready. */
  async end(exporter: Exporter, id: string): Promise<BulkJob> {
    const { db } = this.#options
    const job = await this.read(exporter, id)
    const cancelled = await cancelJob(db, 'export', id)
    if (cancelled !== undefined) return cancelled
    await expireExport(db, job.no)
    return this.read(exporter, id)
  }

  async data(exporter: Exporter, id: string): Promise<ExportData> {
    const { no, state, bytes, lines } = await this.read(exporter, id)
    if (state === 'expired') throw expired()
    if (state !== 'completed') throw notReady(state)
    return new KeptLines(this.#options.db, no, bytes, lines)
  }
}

function maySee({ role, keyId }: Exporter, job: BulkJob): boolean {
  // Made for a role: whoever has another one now may see less.
  return role === 'admin' || (job.keyId === keyId && job.role === role)
}

class KeptLines implements ExportData {
  readonly bytes: number
  readonly #db: Queryable
  readonly #jobNo: number
  readonly #lines: number

  constructor(db: Queryable, jobNo: number, bytes: number, lines: number) {
    this.#db = db
    this.#jobNo = jobNo
    this.bytes = bytes
    this.#lines = lines
  }

  /** One chunk at a time, at the reader's pace. */
  async *read(from: number, to: number): AsyncGenerator<Buffer> {
    let chunk = from < to ? await chunkOfByte(this.#db, this.#jobNo, from) : undefined
    while (chunk !== undefined && chunk.firstByte < to) {
      const raw = await rawOf(chunk)
      yield raw.subarray(Math.max(0, from - chunk.firstByte), Math.min(raw.length, to - chunk.firstByte))
      const end: number = chunk.firstByte + chunk.bytes
      chunk = end < to ? await chunkAt(this.#db, this.#jobNo, chunk.no + 1) : undefined
      // Half a file must not look like a whole one.
      if (chunk === undefined && end < to) throw expired()
    }
  }

  async byteOfLine(line: number): Promise<number> {
    if (line > this.#lines) return this.bytes
    const chunk = await chunkOfLine(this.#db, this.#jobNo, line)
    if (chunk === undefined) throw expired()
    const raw = await rawOf(chunk)
    let at = 0
    for (let skip = line - chunk.firstLine; skip > 0; skip -= 1) at = raw.indexOf(LINE_FEED, at) + 1
    return chunk.firstByte + at
  }
}

function rawOf({ content }: Chunk): Promise<Buffer> {
  return decompress(content)
}

function unknownExport(): HubError {
  return new HubError({
    code: 'export.unknown',
    family: 'reject',
    status: 404,
    message: 'There is no such export, or it is not yours.',
    where: '{id}',
  })
}

function expired(): HubError {
  return new HubError({
    code: 'export.expired',
    family: 'reject',
    status: 410,
    message: 'The lines of this export are not kept any more.',
    where: '{id}',
    fix: 'Ask for a new one: it shows what is there now.',
  })
}

function notReady(state: BulkState): HubError {
  if (state === 'waiting' || state === 'running') {
    return new HubError({
      code: 'export.not-ready',
      family: 'reject',
      status: 409,
      message: 'The export is not ready yet.',
      where: '{id}',
      fix: 'Ask for its state until it is `completed`.',
      retryAfterMs: 1_000,
    })
  }
  return new HubError({
    code: 'export.ended',
    family: 'reject',
    status: 409,
    message: `The export has no lines: it is ${state}.`,
    where: '{id}',
    fix: 'Ask for a new one.',
  })
}

function tooMany(): HubError {
  return new HubError({
    code: 'export.too-many',
    family: 'reject',
    status: 409,
    message: `This key has ${OPEN_MAX} exports that are not ready.`,
    fix: 'Wait for one of them, or cancel one.',
  })
}
