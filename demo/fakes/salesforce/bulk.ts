import { badRequest, notFound } from './errors.ts'
import { type Answer, type Exchange, jsonBody } from './exchange.ts'
import type { Faults } from './faults.ts'
import { isHidden } from './rest.ts'
import { parseSoql } from './soql-parse.ts'
import { type QueryResult, runSoql } from './soql-run.ts'
import type { Store } from './store.ts'
import { csvValue, timeText } from './values.ts'

interface Job {
  id: string
  object: string
  operation: string
  createdDate: string
  /** How many more times it is asked for before it is complete. */
  asksLeft: number
  state: string
  errorMessage?: string
  /** Taken when the job was made: what changes later is not in it. */
  result: QueryResult
}

const RECORDS_PER_PAGE_DEFAULT = 50_000
const UNSUPPORTED = new Set(['address', 'base64'])

/** Query jobs of Bulk API 2.0: https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_one_job.htm */
export class Bulk {
  readonly #store: Store
  readonly #faults: Faults
  readonly #jobs = new Map<string, Job>()
  #number = 0

  constructor(store: Store, faults: Faults) {
    this.#store = store
    this.#faults = faults
  }

  /** Results are kept for seven days; now those are over. */
  expireJobs(): void {
    this.#jobs.clear()
  }

  get jobCount(): number {
    return this.#jobs.size
  }

  handle(exchange: Exchange, path: readonly string[]): Answer {
    const [id, part] = path
    if (id === undefined && exchange.method === 'POST') return this.#create(exchange)
    const job = this.#jobs.get(id ?? '')
    if (job === undefined) throw notFound()
    if (part === 'results') return this.#results(exchange, job)
    if (exchange.method === 'DELETE') {
      this.#jobs.delete(job.id)
      return { status: 204 }
    }
    if (exchange.method === 'PATCH') {
      if (jsonBody(exchange.body).state === 'Aborted') job.state = 'Aborted'
      return { status: 200, body: info(job, exchange.version) }
    }
    this.#advance(job)
    return { status: 200, body: info(job, exchange.version) }
  }

  #create(exchange: Exchange): Answer {
    const {
      operation,
      query,
      contentType = 'CSV',
      columnDelimiter = 'COMMA',
      lineEnding = 'LF',
    } = jsonBody(exchange.body)
    if (operation !== 'query' && operation !== 'queryAll') throw badRequest('INVALIDJOB', 'operation is not supported')
    if (contentType !== 'CSV' || columnDelimiter !== 'COMMA' || lineEnding !== 'LF') {
      throw badRequest('INVALIDJOB', 'only CSV with COMMA and LF is supported')
    }
    const soql = parseSoql(String(query))
    if (soql.isCount || soql.offset > 0)
      throw badRequest('INVALIDJOB', 'aggregates and OFFSET are not supported by Bulk API')
    const object = this.#store.object(soql.object)
    if (object && isHidden(exchange.user, object))
      throw badRequest('INVALIDENTITY', `Entity '${object.name}' is not supported`)
    if (object && !object.bulk)
      throw badRequest('INVALIDENTITY', `Entity '${object.name}' is not supported by the Bulk API.`)
    const result = runSoql(this.#store, soql, operation === 'queryAll')
    const unsupported = result.fields.find(({ type }) => UNSUPPORTED.has(type))
    if (unsupported)
      throw badRequest('FEATURENOTENABLED', `Selecting compound data not supported in Bulk Query: ${unsupported.name}`)
    this.#number += 1
    const id = `7505g${String(this.#number).padStart(13, '0')}`
    const job: Job = {
      id,
      object: result.object.name,
      operation,
      createdDate: timeText(Date.now()),
      asksLeft: 1,
      state: 'UploadComplete',
      result,
    }
    this.#jobs.set(id, job)
    return { status: 200, body: info(job, exchange.version) }
  }

  #advance(job: Job): void {
    if (job.state === 'Aborted' || job.state === 'JobComplete' || job.state === 'Failed') return
    if (job.asksLeft > 0) {
      job.asksLeft -= 1
      job.state = 'InProgress'
      return
    }
    const message = this.#faults.failJobs
    job.state = message === undefined ? 'JobComplete' : 'Failed'
    if (message !== undefined) job.errorMessage = message
  }

  #results({ query }: Exchange, job: Job): Answer {
    if (job.state !== 'JobComplete') throw badRequest('INVALIDJOBSTATE', 'The job is not complete')
    const asked = Number(query.get('maxRecords') ?? RECORDS_PER_PAGE_DEFAULT)
    const locator = query.get('locator')
    const from = locator === null ? 0 : Number(Buffer.from(locator, 'base64url').toString())
    if (!Number.isInteger(from) || from < 0 || from > job.result.rows.length) {
      throw badRequest('INVALID_QUERY_LOCATOR', 'invalid query locator')
    }
    const rows = job.result.rows.slice(from, from + asked)
    const end = from + rows.length
    const next = end < job.result.rows.length ? Buffer.from(String(end)).toString('base64url') : 'null'
    const header = job.result.fields.map(({ name }) => `"${name}"`).join(',')
    const lines = rows.map((row) => job.result.fields.map(({ name }) => csvValue(row[name])).join(','))
    return {
      status: 200,
      headers: { 'sforce-locator': next, 'sforce-numberofrecords': String(rows.length) },
      body: [header, ...lines].map((line) => `${line}\n`).join(''),
    }
  }
}

function info(job: Job, version: string): object {
  const { id, operation, object, createdDate, state, errorMessage } = job
  const isDone = state === 'JobComplete'
  return {
    id,
    operation,
    object,
    createdDate,
    state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: Number(version),
    jobType: 'V2Query',
    lineEnding: 'LF',
    columnDelimiter: 'COMMA',
    ...(isDone ? { numberRecordsProcessed: job.result.rows.length, retries: 0, totalProcessingTime: 1 } : {}),
    ...(errorMessage === undefined ? {} : { errorMessage }),
  }
}
