/**
 * A backfill of many people from a real PostgreSQL into a hub process that is killed again and again, beside live changes.
 * Used by the test beside it at a small size and by `npm run bench -- backfill` at a million.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { ask, hubPlace, startHub } from '../faults/support/hubs.ts'
import { copyAndParse, inDatabase, liveTraffic, OUR_SUM, peopleSql, THEIR_SUM } from './people-table.ts'

export interface KilledBackfill {
  /** An empty database. */
  sourceUrl: string
  /** A database of the hub's own, empty or migrated. */
  hubUrl: string
  amqpUrl: string
  rows: number
  kills: number
  changesPerSecond: number
  timeoutMs: number
  print(line: string): void
}

export interface BackfillResult {
  rows: number
  kills: number
  /** Rows that the system had at the end. */
  finalRows: number
  liveChanges: number
  /** From the first row to the last one applied, with the time in which no hub ran. */
  seconds: number
  /** Rows read and accepted a second in the last life, which nobody interrupted. */
  perSecond: number
  copyPerSecond: number
  /** Resident memory in the last life, MB: the middle of the first and of the last tenth after the warm-up. */
  memory: { first: number; last: number; peak: number; samples: number }
  /** Time from a change in the system to its record in the hub, beside the snapshot, ms. */
  liveLagMs: { median: number; worst: number }
  certificate: JsonObject & { report: JsonObject }
  /** Counts and sums that PostgreSQL made of both sides. */
  sums: { theirs: { count: number; sum: string }; ours: { count: number; sum: string } }
  ledger: Record<string, number>
}

/** Kills come in the first half of the rows; the last life has the other half to itself, so that its memory can be watched. */
const KILLS_WITHIN = 0.5
/** Of a life's rows: code is compiled and heaps grow to their size. */
const WARM_UP = 0.2
const SAMPLE_MS = 100

/** Slots are of the whole server: each run has its own. */
const filesFor = (slot: string): Record<string, string> => ({
  'config/systems/crm.yaml': `title: CRM
connector: postgres
settings: { url: '\${env:OMNIHUB_SECRET_CRM_URL}', slotName: ${slot} }
entities:
  Person: { mode: log, options: { table: person, keyColumns: [id], pageSize: 1000 } }
`,
  'mappings/crm/Person.yaml': `source: Person
target: customer
key: id
fields:
  kind: { constant: person }
  name.given: given_name
  name.family: family_name
  birthDate: birth_date
  emails:
    - { address: { from: email, convert: email }, purpose: { constant: home } }
  addresses:
    - { lines: [street], city: city, postalCode: postcode, country: { constant: AU }, purpose: { constant: home } }
  attributes.balance: balance
`,
})

interface Sample {
  life: number
  rows: number
  at: number
  megabytes: number
}

export async function killedBackfill(options: KilledBackfill): Promise<BackfillResult> {
  const { sourceUrl, hubUrl, amqpUrl, rows, changesPerSecond, print } = options
  await inDatabase(sourceUrl, (client) => client.query(peopleSql(rows)))
  const bare = await copyAndParse(sourceUrl)
  print(`bare COPY and parse: ${Math.round(bare.perSecond)} rows/s`)
  const place = await hubPlace(filesFor(`omnihub_scale_${randomBytes(4).toString('hex')}`))
  const hub = await startHub({
    ...place.environment,
    DATABASE_URL: hubUrl,
    AMQP_URL: amqpUrl,
    OMNIHUB_WORKERS: '4',
    OMNIHUB_SECRET_CRM_URL: sourceUrl,
  })
  const traffic = liveTraffic(sourceUrl, rows, changesPerSecond)
  const watch = new Watch(options, () => hub.process.pid)
  try {
    const begun = performance.now()
    const watching = watch.run()
    for (let kill = 0; kill < options.kills; kill++) {
      // Anywhere in its share of the rows, also in the middle of an acceptance.
      const target = ((kill + Math.random()) / options.kills) * KILLS_WITHIN * rows
      await watch.reach(target)
      await hub.kill9()
      await hub.start()
      watch.life++
    }
    await watch.finished()
    const readSeconds = (performance.now() - begun) / 1000
    await watch.stop()
    await watching
    const certificate = await untilCertified(hub.url, options.timeoutMs)
    await traffic.stop()
    const sums = await untilSame(sourceUrl, hubUrl, 60_000)
    const { body: ledger } = await ask(hub.url, '/admin/v1/ledger')
    return {
      rows,
      kills: options.kills,
      finalRows: sums.theirs.count,
      liveChanges: traffic.changes,
      seconds: readSeconds,
      ...watch.figures(),
      copyPerSecond: bare.perSecond,
      certificate,
      sums,
      ledger: ledger as Record<string, number>,
    }
  } catch (error) {
    throw new Error(`${String(error)}\n${hub.log().slice(-4000)}`, { cause: error })
  } finally {
    await watch.stop()
    await traffic.stop()
    await hub.stop().catch(() => hub.kill9())
    await place.remove()
  }
}

/** Looks at the progress, the memory and the lag of live changes all the time. */
class Watch {
  life = 0
  readonly #options: KilledBackfill
  readonly #pid: () => number
  readonly #samples: Sample[] = []
  readonly #lags: number[] = []
  #rows = 0
  #isDone = false
  #isOver = false
  #failure: unknown
  #ended: Promise<void> = Promise.resolve()

  constructor(options: KilledBackfill, pid: () => number) {
    this.#options = options
    this.#pid = pid
  }

  run(): Promise<void> {
    this.#ended = Promise.all([this.#sample(), this.#probe()]).then(
      () => undefined,
      (error: unknown) => {
        this.#failure = error
      },
    )
    return this.#ended
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await this.#ended
  }

  async reach(rows: number): Promise<void> {
    await this.#until(() => this.#rows >= rows || this.#isDone)
    if (this.#isDone) throw new Error(`the snapshot ended before the hub could be killed at ${Math.round(rows)} rows`)
  }

  finished(): Promise<void> {
    return this.#until(() => this.#isDone)
  }

  figures(): Pick<BackfillResult, 'memory' | 'perSecond' | 'liveLagMs'> {
    const last = this.#samples.filter(({ life }) => life === this.life)
    const [from, to] = [last[0]?.rows ?? 0, last.at(-1)?.rows ?? 0]
    const begin = from + (to - from) * WARM_UP
    const tenth = (to - begin) / 10
    const within = (a: number, b: number): number[] =>
      last.flatMap(({ rows, megabytes }) => (rows >= a && rows <= b ? [megabytes] : []))
    const [firsts, lasts] = [within(begin, begin + tenth), within(to - tenth, to)]
    const warm = last.filter(({ rows }) => rows >= begin)
    const seconds = ((warm.at(-1)?.at ?? 0) - (warm[0]?.at ?? 0)) / 1000
    return {
      memory: {
        first: middle(firsts),
        last: middle(lasts),
        peak: Math.max(...this.#samples.map(({ megabytes }) => megabytes)),
        samples: last.length,
      },
      perSecond: (to - begin) / seconds,
      liveLagMs: { median: middle(this.#lags), worst: Math.max(0, ...this.#lags) },
    }
  }

  async #until(holds: () => boolean): Promise<void> {
    const end = Date.now() + this.#options.timeoutMs
    while (!holds()) {
      if (this.#failure !== undefined) throw new Error('watching failed', { cause: this.#failure })
      if (Date.now() > end) throw new Error(`at ${this.#rows} rows after ${this.#options.timeoutMs} ms`)
      await sleep(20)
    }
  }

  #sample(): Promise<void> {
    return inDatabase(this.#options.hubUrl, async (client) => {
      let told = 0
      while (!this.#isOver) {
        const { rows } = await client.query<{ rows: number; phase: string; status: string | null }>(
          `select (checkpoint->>'rows')::int as rows, checkpoint->>'phase' as phase,
                  (select status::text from system_state where status->>'state' = 'stopped') as status
           from connector_checkpoint where kind = 'backfill'`,
        )
        if (rows[0]?.status != null) throw new Error(`the system is stopped: ${rows[0].status}`)
        this.#rows = rows[0]?.rows ?? 0
        this.#isDone = rows[0]?.phase === 'done'
        const megabytes = residentMegabytes(this.#pid())
        if (megabytes !== undefined && this.#rows > 0 && !this.#isDone) {
          this.#samples.push({ life: this.life, rows: this.#rows, at: performance.now(), megabytes })
        }
        const tenth = Math.floor((this.#rows / this.#options.rows) * 10)
        if (tenth > told)
          this.#options.print(`${tenth * 10} % read, life ${this.life + 1}, ${Math.round(megabytes ?? 0)} MB`)
        told = Math.max(told, tenth)
        await sleep(SAMPLE_MS)
      }
    })
  }

  /** Changes one row and waits until the hub has it. */
  async #probe(): Promise<void> {
    const { sourceUrl, hubUrl } = this.#options
    await inDatabase(sourceUrl, (source) =>
      inDatabase(hubUrl, async (hub) => {
        for (let turn = 0; !this.#isOver; turn++) {
          const [mark, life] = [`Mark ${turn}`, this.life]
          await source.query('update person set given_name = $1 where id = 1', [mark])
          const begun = performance.now()
          for (;;) {
            const { rowCount } = await hub.query(
              `select from source_record where key = '1' and raw->>'given_name' = $1`,
              [mark],
            )
            if (rowCount === 1 || this.#isOver) break
            await sleep(10)
          }
          // While no hub runs nothing can arrive: such waits say nothing about live changes.
          if (life === this.life && !this.#isOver) this.#lags.push(performance.now() - begun)
          await sleep(200)
        }
      }),
    )
  }
}

function residentMegabytes(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(status) ?? []
    // One that is ending has none any more.
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024
  } catch {
    return undefined
  }
}

async function untilCertified(url: string, timeoutMs: number): Promise<BackfillResult['certificate']> {
  const end = Date.now() + timeoutMs
  for (;;) {
    const { body } = await ask(url, '/admin/v1/systems/crm/reconciliations?limit=1')
    const [last] = body.items as (JsonObject & { report: JsonObject })[]
    if (last?.kind === 'certificate' && last.state === 'done') return last
    if (Date.now() > end)
      throw new Error(`no certificate after ${timeoutMs} ms: ${JSON.stringify(body).slice(0, 1000)}`)
    await sleep(250)
  }
}

async function untilSame(sourceUrl: string, hubUrl: string, timeoutMs: number): Promise<BackfillResult['sums']> {
  const end = Date.now() + timeoutMs
  for (;;) {
    const sum = (url: string, text: string) =>
      inDatabase(url, async (client) => (await client.query<{ count: number; sum: string }>(text)).rows[0])
    const [theirs, ours] = await Promise.all([sum(sourceUrl, THEIR_SUM), sum(hubUrl, OUR_SUM)])
    if (theirs === undefined || ours === undefined) throw new Error('a sum is a row')
    if (theirs.sum === ours.sum || Date.now() > end) return { theirs, ours }
    await sleep(500)
  }
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}
