import { setTimeout as sleep } from 'node:timers/promises'
import type { Checkpoint, ConnectorContext, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import type { HttpResponse } from '../shared/http.ts'
import { busyError, settingsError, stoppedError, unexpectedError } from '../shared/errors.ts'
import { PageSizer } from '../shared/page-sizer.ts'
import { hashRow } from '../shared/row-hash.ts'
import { backfillTable, type SnapshotStart } from '../shared/table-backfill.ts'
import type { SalesforceApi } from './api.ts'
import { parseCsv } from './csv.ts'
import { hasCode } from './errors.ts'
import type { FieldInfo, ObjectCatalog, ObjectInfo } from './object-info.ts'
import { snapshotSequence } from './sequence.ts'
import { recordFrom, rowOf, type SoqlSource } from './source.ts'
import { select } from './soql.ts'
import { textValue } from './values.ts'

/** Where a snapshot by Bulk API stands. */
interface BulkPlace {
  /** Null: a job must be made for what lies behind `after`. */
  job: string | null
  /** Of the next page; null for the first. */
  locator: string | null
  /** Id of the last record delivered. */
  after: string | null
  run: string
  sequence?: string
  total?: number
  /** Records delivered by former jobs of this snapshot. */
  before: number
  done: boolean
}

export interface BackfillParts {
  api: SalesforceApi
  catalog: ObjectCatalog
  context: ConnectorContext
  source: SoqlSource
  /** Whether the settings allow the Bulk API. */
  bulk: boolean
  start(): Promise<SnapshotStart>
}

const ASK_FIRST_MS = 100
const ASK_MAX_MS = 10_000
/** A page without records says that the job is being worked on: the engine gives up what tells nothing for too long. */
const SIGN_OF_LIFE_MS = 20_000
const UNSUPPORTED = ['INVALIDENTITY', 'FEATURENOTENABLED', 'API_DISABLED_FOR_BULK', 'INVALID_ENTITY']

/**
 * Reads a whole object by a query job of Bulk API 2.0, in the order of the Ids, page by page with our own requests. The
 * place holds the job and its locator, so reading goes on from any page; results that are no longer kept (after seven
 * days) are asked for anew, from behind the last Id. Objects that the Bulk API does not have are read by REST.
 */
export async function* backfillObject(parts: BackfillParts, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
  const { source } = parts
  if (checkpoint !== null && 'rest' in checkpoint) {
    yield* byRest(parts, checkpoint.rest as Checkpoint)
    return
  }
  if (!parts.bulk && checkpoint === null) {
    yield* byRest(parts, null)
    return
  }
  const place = checkpoint === null ? await begin(parts) : readPlace(checkpoint, source.options.entity)
  try {
    yield* new BulkReading(parts, place).pages()
  } catch (error) {
    if (place.after !== null || place.job !== null || !hasCode(error, ...UNSUPPORTED)) throw error
    yield* byRest(parts, null)
  }
}

async function* byRest({ source, start }: BackfillParts, from: Checkpoint | null): AsyncGenerator<Page> {
  for await (const page of backfillTable(source, source.tableOptions, start, from)) {
    yield { ...page, checkpoint: page.checkpoint && { rest: page.checkpoint } }
  }
}

async function begin({ start }: BackfillParts): Promise<BulkPlace> {
  const { run, sequence } = await start()
  return {
    job: null,
    locator: null,
    after: null,
    run,
    before: 0,
    done: false,
    ...(sequence === undefined ? {} : { sequence }),
  }
}

class BulkReading {
  readonly #parts: BackfillParts
  readonly #sizer: PageSizer
  #place: BulkPlace

  constructor(parts: BackfillParts, place: BulkPlace) {
    this.#parts = parts
    this.#place = place
    this.#sizer = new PageSizer(parts.source.options.pageSize)
  }

  async *pages(): AsyncGenerator<Page> {
    /** Whether this very run has made the job: one that fails at once would fail again. */
    let isOwn = false
    while (!this.#place.done) {
      if (this.#place.job === null) {
        this.#place = { ...this.#place, job: await this.#newJob(), locator: null }
        isOwn = true
      }
      const job = this.#place.job ?? ''
      const isReady = yield* this.#untilComplete(job, isOwn)
      const response = isReady ? await this.#results(job) : undefined
      if (response === undefined) {
        if (isOwn) throw busyError('Salesforce no longer has the results of a job that it has just run.')
        this.#place = { ...this.#place, job: null }
        continue
      }
      yield await this.#page(response)
    }
  }

  async #newJob(): Promise<string> {
    const { api, catalog, source } = this.#parts
    const { after } = this.#place
    const make = async (): Promise<string> => {
      const beyond = after === null ? [] : [`Id > '${after}'`]
      const query = select(await source.info(), source.options, beyond, 'ORDER BY Id')
      const body = { operation: 'query', query, contentType: 'CSV', columnDelimiter: 'COMMA', lineEnding: 'LF' }
      const answer = (await api.send({ method: 'POST', path: '/jobs/query', body, kind: 'snapshot' })).json() as {
        id?: string
      }
      if (typeof answer.id === 'string' && /^\w+$/.test(answer.id)) return answer.id
      throw unexpectedError('Salesforce made a query job without an id.')
    }
    try {
      return await make()
    } catch (error) {
      if (!hasCode(error, 'INVALID_FIELD')) throw error
      catalog.forget(source.options.object)
      return make()
    }
  }

  /** False where there is no such job any more, or a former run's job has failed. */
  async *#untilComplete(job: string, isOwn: boolean): AsyncGenerator<Page, boolean> {
    if (this.#place.locator !== null) return true
    const { api, context } = this.#parts
    let toldAt = context.now()
    for (let wait = ASK_FIRST_MS; ; wait = Math.min(wait * 2, ASK_MAX_MS)) {
      const response = await api.send({ path: `/jobs/query/${job}`, kind: 'snapshot', accept: [404] })
      if (response.status === 404) return false
      const { state, numberRecordsProcessed } = response.json() as { state?: string; numberRecordsProcessed?: number }
      if (state === 'JobComplete') {
        if (numberRecordsProcessed !== undefined) this.#place.total = this.#place.before + numberRecordsProcessed
        return true
      }
      if (state === 'Failed' || state === 'Aborted') {
        if (!isOwn) return false
        throw busyError('Salesforce could not run the query of the snapshot.', {
          internal: `job ${job} ${state}`,
          fix: 'If it lasts, look at the job under Setup, Bulk Data Load Jobs; a filter on an indexed field helps large objects.',
        })
      }
      if (context.now() - toldAt > SIGN_OF_LIFE_MS) {
        toldAt = context.now()
        yield { records: [], checkpoint: toCheckpoint(this.#place) }
      }
      await sleep(wait, undefined, { signal: context.signal }).catch(() => {
        throw stoppedError()
      })
    }
  }

  /** Undefined where the results are no longer kept. */
  async #results(job: string): Promise<HttpResponse | undefined> {
    const { locator } = this.#place
    try {
      const response = await this.#parts.api.send({
        path: `/jobs/query/${job}/results`,
        query: { maxRecords: this.#sizer.rows, ...(locator === null ? {} : { locator }) },
        headers: { accept: 'text/csv' },
        kind: 'snapshot',
        accept: [404],
      })
      return response.status === 404 ? undefined : response
    } catch (error) {
      if (hasCode(error, 'INVALID_QUERY_LOCATOR', 'INVALIDJOB', 'INVALIDJOBSTATE')) return undefined
      throw error
    }
  }

  async #page(response: HttpResponse): Promise<Page> {
    const [header = [], ...rows] = parseCsv(response.text())
    const idAt = header.indexOf('Id')
    if (idAt < 0) throw unexpectedError('Salesforce gave a page of results without the Ids that were asked for.')
    this.#sizer.note(rows.length, response.body.length)
    const info = await this.#parts.source.info()
    const columns = header.map((name) => info.all.get(name.toLowerCase()) ?? unknownField(name))
    const records = rows.map((cells) => this.#record(info, columns, cells))
    const locator = response.headers.get('sforce-locator')
    const isLast = locator === null || locator === 'null' || locator === ''
    const after = rows.at(-1)?.[idAt] ?? this.#place.after
    this.#place = {
      ...this.#place,
      locator: isLast ? null : locator,
      after,
      done: isLast,
      before: this.#place.before + rows.length,
    }
    const { total } = this.#place
    return { records, checkpoint: toCheckpoint(this.#place), ...(total === undefined ? {} : { totalEstimate: total }) }
  }

  #record(info: ObjectInfo, columns: readonly FieldInfo[], cells: readonly string[]): SourceRecord {
    const data = Object.fromEntries(columns.map((field, at) => [field.name, textValue(field, cells[at] ?? '')]))
    const row = rowOf(info, data, 0, snapshotSequence)
    const hash = hashRow(data)
    const { sequence, run } = this.#place
    if (sequence !== undefined) {
      return { ...recordFrom(row, this.#parts.source.options, `${run}~${hash}`), sequence, sequenceType: 'Integer' }
    }
    return recordFrom(row, this.#parts.source.options, `${row.watermark ?? run}~${hash}`)
  }
}

/** A column of a field that was dropped since: its values are read as they stand. */
function unknownField(name: string): FieldInfo {
  return {
    name,
    type: 'string',
    createable: false,
    updateable: false,
    externalId: false,
    idLookup: false,
    nillable: true,
    length: 0,
  }
}

function toCheckpoint(place: BulkPlace): Checkpoint {
  return { ...place }
}

function readPlace(checkpoint: Checkpoint, entity: string): BulkPlace {
  const { job, locator, after, run, done, before } = checkpoint
  const isText = (value: unknown): boolean => value === null || typeof value === 'string'
  if (
    ![job, locator, after].every(isText) ||
    typeof run !== 'string' ||
    typeof done !== 'boolean' ||
    typeof before !== 'number'
  ) {
    throw settingsError(`The stored position of the snapshot of "${entity}" is not one of this connector.`, {
      fix: 'Start the snapshot again.',
    })
  }
  return { ...(checkpoint as unknown as BulkPlace) }
}
