import type { Readable } from 'node:stream'
import type { Change } from '../../contracts/change.ts'
import { asHubError, HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import type { CompiledMapping } from '../../mapping/index.ts'
import { entryNumbers } from '../../store/accept-queries.ts'
import { type FaultyLine, noteLines, readFaults, readOutcome, settleEntries } from '../../store/bulk-import-queries.ts'
import {
  beat,
  type BulkJob,
  type BulkState,
  cancelJob,
  endTurn,
  insertJob,
  listJobs,
  readJob,
  takeTurn,
} from '../../store/bulk-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import type { AcceptResult } from '../accept.ts'
import { type ImportView, viewOf } from './import-view.ts'
import { eventLines, LINE_BYTES_MAX, type LineParser, type RecordTarget, recordLines } from './line-parser.ts'
import { type Line, readLines } from './lines.ts'
import {
  lineGap,
  noKey,
  noMapping,
  notYours,
  otherImport,
  over,
  tooMany,
  unknownImport,
  unknownSystem,
} from './refusals.ts'

export interface ImportDeskOptions {
  db: Queryable
  accept(changes: readonly Change[]): Promise<AcceptResult>
  mapping(system: string, entity: string): CompiledMapping | undefined
  systems: { has(name: string): boolean }
  newId(): string
  now(): number
}

/** Who asks: what they may import and see follows from it. */
export interface Importer {
  actor: string
  keyId: string
  role: string
  /** The one system that it may speak for; null: any. */
  system: string | null
}

export interface ImportOrder {
  importer: Importer
  /** Named by the caller, so that a broken upload can be found again; null: the hub names it. */
  id: string | null
  /** null: the lines are events. */
  target: RecordTarget | null
  /** Number of the first line in the stream. */
  fromLine: number
  bytes: Readable
  /** Aborts when the process is told to stop. */
  stopping: AbortSignal
}

const LINES_PER_BATCH = 1_000
const BYTES_PER_BATCH = 4 * 1024 * 1024
/** Of a slow stream no line waits longer than this for others. */
const BATCH_WAIT_MS = 1_000
const BEAT_MS = 10_000
/** Each holds some MB at most. */
const IMPORTS_MAX = 8
const BATCHES_PER_SETTLING = 50
const GO_ON = 'Send the import again with the same `id`: it goes on after the last line that was taken.'

/**
 * Imports: lines of any number, taken as they come. Each batch of lines is durable before the next one is read, which is what holds
 * the sender back; a line that is wrong is told and changes nothing. An import that breaks off goes on where it stopped.
 */
export class ImportDesk {
  readonly #options: ImportDeskOptions
  #running = 0

  constructor(options: ImportDeskOptions) {
    this.#options = options
  }

  /** Reads the stream to its end; resolves once all of it is durable. */
  async run(order: ImportOrder): Promise<ImportView> {
    if (this.#running >= IMPORTS_MAX) throw tooMany(IMPORTS_MAX)
    this.#running += 1
    try {
      const parse = this.#parser(order)
      const turn = this.#options.newId()
      const job = await this.#begin(order, turn)
      if (job.state === 'completed') await nothingNew(job, order)
      else await new ImportRun(this.#options, job, turn, parse).read(order)
      return await this.view(order.importer, job.id)
    } finally {
      this.#running -= 1
    }
  }

  async view(importer: Importer, id: string): Promise<ImportView> {
    const job = await this.#job(importer, id)
    // In steps, so that no statement counts millions; what is left after them is counted as it stands.
    for (let step = 0; step < 50 && (await settleEntries(this.#options.db, job.no)) > 0; step += 1);
    return viewOf(job, await readOutcome(this.#options.db, job))
  }

  /** Without the outcome of the changes, which has to be counted. */
  async list(importer: Importer, state: BulkState | null, before: number | null, limit: number): Promise<BulkJob[]> {
    const filter = { kind: 'import', keyId: null, system: importer.system, state } as const
    return listJobs(this.#options.db, filter, before, limit)
  }

  async cancel(importer: Importer, id: string): Promise<ImportView> {
    const { no } = await this.#job(importer, id)
    const job = await cancelJob(this.#options.db, 'import', id)
    if (job === undefined) throw over()
    return viewOf(job, await readOutcome(this.#options.db, { no }))
  }

  async *faults(importer: Importer, id: string): AsyncGenerator<Buffer> {
    const { no } = await this.#job(importer, id)
    for (let after = 0; ;) {
      const lines = await readFaults(this.#options.db, no, after, 1_000)
      const last = lines.at(-1)
      if (last === undefined) return
      yield Buffer.from(lines.map(faultText).join(''))
      after = last.line
    }
  }

  async #job({ system }: Importer, id: string): Promise<BulkJob> {
    const job = await readJob(this.#options.db, 'import', id)
    if (job === undefined || (system !== null && job.system !== system)) throw unknownImport()
    return job
  }

  #parser({ importer, target }: ImportOrder): LineParser {
    const { systems, mapping, now } = this.#options
    const receivedAt = new Date(now()).toISOString()
    if (target === null) {
      return eventLines({
        systems,
        receivedAt,
        ...(importer.system === null ? {} : { onlySystem: importer.system }),
      })
    }
    if (importer.system !== null && importer.system !== target.system) throw notYours()
    if (!systems.has(target.system)) throw unknownSystem()
    const compiled = mapping(target.system, target.entity)
    if (compiled === undefined) throw noMapping()
    if (compiled.document.key.length === 0) throw noKey()
    return recordLines(target, compiled, receivedAt)
  }

  /** Completed: all that the caller sends may be there already. */
  async #begin({ importer, id, target, fromLine }: ImportOrder, turn: string): Promise<BulkJob> {
    const { db, newId } = this.#options
    const request: JsonObject = target === null ? {} : { ...target }
    const job = { id: id ?? newId(), kind: 'import' as const, turn, request, ...importer }
    const known = id === null ? undefined : await readJob(db, 'import', id)
    if (known === undefined) {
      if (fromLine > 1) throw lineGap(1)
      const made = await insertJob(db, job)
      if (made !== undefined) return made
      // An export has this id, or somebody was faster by a moment.
      throw otherImport()
    }
    if (known.keyId !== importer.keyId) throw otherImport()
    if (JSON.stringify(known.request) !== JSON.stringify(request)) throw otherImport()
    const taken = await takeTurn(db, known.no, turn)
    // Whoever has not heard that all was taken sends it again.
    if (taken === undefined && known.state === 'completed') return known
    if (taken === undefined) throw over()
    if (fromLine > taken.lines + 1) {
      await endTurn(db, taken.no, turn, 'interrupted', known.problem)
      throw lineGap(taken.lines + 1)
    }
    return taken
  }
}

/** Throws where there are more lines than the import has taken. */
async function nothingNew({ lines: taken }: BulkJob, { bytes, fromLine }: ImportOrder): Promise<void> {
  const options = { first: fromLine, bytesMax: LINE_BYTES_MAX }
  for await (const lines of readLines(bytes.iterator({ destroyOnReturn: false }), options)) {
    if ((lines.at(-1)?.no ?? 0) > taken) throw over()
  }
}

class ImportRun {
  readonly #options: ImportDeskOptions
  readonly #job: BulkJob
  readonly #turn: string
  readonly #parse: LineParser
  #batches = 0

  constructor(options: ImportDeskOptions, job: BulkJob, turn: string, parse: LineParser) {
    this.#options = options
    this.#job = job
    this.#turn = turn
    this.#parse = parse
  }

  async read({ bytes, fromLine, stopping }: ImportOrder): Promise<void> {
    const { db } = this.#options
    const { no } = this.#job
    const beating = setInterval(() => {
      beat(db, no, this.#turn).catch(() => undefined)
    }, BEAT_MS)
    // The answer goes over the connection that the lines come by: it must not end with the reading.
    const options = { first: fromLine, bytesMax: LINE_BYTES_MAX }
    try {
      for await (const lines of this.#batchesOf(readLines(bytes.iterator({ destroyOnReturn: false }), options))) {
        if (stopping.aborted) throw stopped()
        await this.#take(lines)
      }
      if (!(await endTurn(db, no, this.#turn, 'completed'))) await this.#lost()
    } catch (thrown) {
      const error = interruption(thrown)
      await endTurn(db, no, this.#turn, error.family === 'bug' ? 'failed' : 'interrupted', problemOf(error)).catch(
        () => false,
      )
      throw error
    } finally {
      clearInterval(beating)
    }
  }

  /** Lines beyond what the job has already, in batches. */
  async *#batchesOf(pieces: AsyncIterable<Line[]>): AsyncGenerator<Line[]> {
    let [batch, size, since]: [Line[], number, number] = [[], 0, this.#options.now()]
    for await (const lines of pieces) {
      for (const line of lines) {
        if (line.no <= this.#job.lines) continue
        batch.push(line)
        size += line.bytes?.length ?? 0
        if (batch.length < LINES_PER_BATCH && size < BYTES_PER_BATCH) continue
        yield batch
        ;[batch, size, since] = [[], 0, this.#options.now()]
      }
      if (batch.length === 0 || this.#options.now() - since < BATCH_WAIT_MS) continue
      yield batch
      ;[batch, size, since] = [[], 0, this.#options.now()]
    }
    if (batch.length > 0) yield batch
  }

  async #take(lines: readonly Line[]): Promise<void> {
    const { db, accept } = this.#options
    const parsed = lines.map(this.#parse)
    const changes = parsed.flatMap((each) => ('change' in each ? [each.change] : []))
    const { accepted, duplicates } = await accept(changes)
    const entries = changes.length === 0 ? [] : await entryNumbers(db, changes)
    const held = await noteLines(db, this.#job.no, this.#turn, {
      first: lines[0]?.no ?? 0,
      last: lines.at(-1)?.no ?? 0,
      bytes: lines.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0),
      accepted,
      duplicates,
      entries,
      faults: parsed.flatMap((each) => ('errors' in each ? [each] : [])),
    })
    if (!held) await this.#lost()
    this.#batches += 1
    if (this.#batches % BATCHES_PER_SETTLING === 0) await settleEntries(db, this.#job.no)
  }

  /** Somebody has cancelled the import, or sends it on another connection. */
  async #lost(): Promise<never> {
    const job = await readJob(this.#options.db, 'import', this.#job.id)
    throw job?.state === 'cancelled' ? cancelled() : takenOver()
  }
}

function faultText({ line, errors }: FaultyLine): string {
  const [first] = errors
  return `${JSON.stringify({ line, ...first, ...(errors.length > 1 ? { errors } : {}) })}\n`
}

/** What broke a stream is nobody's error but the connection's; what is a HubError says it all. */
function interruption(thrown: unknown): HubError {
  if (thrown instanceof HubError) return thrown
  const { code } = thrown as NodeJS.ErrnoException
  if (typeof code === 'string' && /^Z_|^ERR_(?:ZLIB|STREAM)|^ECONN|^EPIPE/.test(code)) return broken(thrown)
  return (thrown as Error).message === 'aborted' ? broken(thrown) : asHubError(thrown)
}

function problemOf({ code, message, fix }: HubError): JsonObject {
  return { code, message, ...(fix === undefined ? {} : { fix }) }
}

function broken(cause: unknown): HubError {
  if (/^Z_/.test((cause as NodeJS.ErrnoException).code ?? '')) {
    return new HubError({
      code: 'import.gzip.broken',
      family: 'reject',
      status: 400,
      message: 'The bytes are no gzip, or break off.',
      fix: GO_ON,
      cause,
    })
  }
  return new HubError({
    code: 'import.connection.lost',
    family: 'reject',
    status: 400,
    message: 'The connection ended before the lines did.',
    fix: GO_ON,
    cause,
  })
}

function stopped(): HubError {
  return new HubError({
    code: 'import.stopped',
    family: 'retry',
    message: 'This process of the hub is stopping; the lines so far were taken.',
    fix: GO_ON,
    retryAfterMs: 2_000,
  })
}

function cancelled(): HubError {
  return new HubError({
    code: 'import.cancelled',
    family: 'reject',
    status: 409,
    message: 'The import was cancelled; the lines that were taken before stay taken.',
  })
}

function takenOver(): HubError {
  return new HubError({
    code: 'import.taken-over',
    family: 'reject',
    status: 409,
    message: 'The import goes on by another connection, or broke off before.',
    fix: 'Look at the import before you send more of it.',
  })
}
