/**
 * Two-way synchronisation of four systems: random edits in all of them at once, while connections break, changes come twice
 * and the hub is killed. Then quiet: all systems that share a field agree, and nothing goes round in circles.
 *
 * Settings: OMNIHUB_SEED replays the edits of a run, OMNIHUB_CONVERGENCE_EDITS sets how many there are.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { TcpProxy } from '../../connectors/conformance/harness.ts'
import { startProxy } from '../../connectors/conformance/tcp-proxy.ts'
import { type Database, openDatabase } from '../../hub/store/database.ts'
import { upsertDecisions } from '../../hub/store/decision-queries.ts'
import { ROOT } from '../../scripts/checks.ts'
import { startPostgres } from '../../scripts/servers/postgres.ts'
import { expectBalanced, makeWorkspace } from '../support/core.ts'
import { until } from '../support/engine.ts'
import { mulberry32 } from '../support/febrl.ts'
import {
  editShared,
  fillShared,
  makeShared,
  readShared,
  SHARED_FIELDS,
  SHARED_SYSTEMS,
  type SharedField,
  type SharedPerson,
  sharedWorkspace,
  updatesOf,
  urlOf,
} from '../support/shared-customers.ts'
import { testDatabase } from '../support/test-database.ts'

const SEED = Number(process.env.OMNIHUB_SEED ?? Math.floor(Math.random() * 2 ** 31))
const EDITS = Number(process.env.OMNIHUB_CONVERGENCE_EDITS ?? 10_000)
const PERSONS = 200
const EDITS_PER_SECOND = 160
const KILL_EVERY_MS = 12_000
const CUT_EVERY_MS = 1_500
const SHARE_TWICE = 0.1
/** An edit concerns three other systems; what meets an edit on its way, or a crash, is written once more. */
const WRITES_PER_EDIT_MAX = 4

const GIVEN = ['Ada', 'Bea', 'Cleo', 'Dora', 'Edda', 'Finn', 'Gus', 'Hugo', 'Ivo', 'Jan']
const TIERS = ['bronze', 'silver', 'gold', null]

const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

const letters = (n: number): string => String.fromCharCode(97 + (n % 26), 97 + (Math.floor(n / 26) % 26), 97 + (n % 7))

function person(at: number): SharedPerson {
  return {
    given: GIVEN[at % GIVEN.length] ?? '',
    family: `Van${letters(at)}${letters(at * 7 + 3)}`,
    birthDate: `19${50 + (at % 50)}-0${1 + (at % 9)}-1${at % 10}`,
    email: `${letters(at)}${at}@example.com`,
    phone: phone(at, 0),
    tier: 'silver',
  }
}

const phone = (at: number, turn: number): string =>
  `+614${String(10_000_000 + at * 10_000 + (turn % 10_000)).slice(0, 8)}`

/** A new value for a field; some come up again and again, also in several systems at once. */
function newValue(field: SharedField, at: number, random: () => number): string | null {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const turn = Math.floor(random() * 10_000)
  switch (field) {
    case 'given':
      return pick(GIVEN)
    case 'family':
      return `${person(at).family ?? ''}${pick(['', 's', 'en'])}`
    case 'birthDate':
      return `${person(at).birthDate?.slice(0, 8) ?? ''}${pick(['11', '12', '13'])}`
    case 'tier':
      return pick(TIERS)
    case 'email':
      return `${letters(turn)}${at}.${turn}@example.com`
    case 'phone':
      return phone(at, turn)
  }
}

class HubProcess {
  #child: ChildProcess | undefined
  kills = 0
  readonly #start: () => ChildProcess

  constructor(start: () => ChildProcess) {
    this.#start = start
  }

  async start(): Promise<void> {
    const child = this.#start()
    this.#child = child
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (data: Buffer) => {
        if (data.includes('ready')) resolve()
      })
      child.once('exit', (code) => {
        reject(new Error(`the hub ended with ${code}`))
      })
    })
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.removeAllListeners('exit')
    child.kill('SIGKILL')
    await once(child, 'exit')
    this.kills++
  }
}

describe('Two-way synchronisation', () => {
  test(`${EDITS} random edits on four systems, with drops, duplicates and kills: all agree, and nothing loops`, async () => {
    const random = mulberry32(SEED)
    const server = await startPostgres({ fsync: false })
    endings.push(() => server.stop())
    const environment = await makeShared(server.url)
    await fillShared(
      environment,
      Array.from({ length: PERSONS }, (_, at) => person(at)),
    )
    const { seen, proxies } = await throughProxies(environment)
    const database = await testDatabase()
    endings.push(() => database.drop())
    const db = openDatabase(database.url, { poolMax: 2 })
    endings.push(() => db.close())
    const workspace = await makeWorkspace(sharedWorkspace({ write: policies() }))
    endings.push(() => workspace.remove())
    const hub = new HubProcess(() =>
      spawn(
        process.execPath,
        [
          '--no-warnings',
          join(ROOT, 'test/support/engine-process.ts'),
          workspace.folder,
          database.url,
          String(SHARE_TWICE),
        ],
        { env: { ...process.env, ...seen }, stdio: ['ignore', 'pipe', 'ignore'] },
      ),
    )
    endings.push(() => hub.kill())
    await hub.start()
    await until(
      async () => (await accountOf(db)).applied >= PERSONS * 4,
      60_000,
      () => accountOf(db),
    )

    await keepTogether(db)
    const begin = performance.now()
    const faults = new AbortController()
    const trouble = makeTrouble(hub, proxies, random, faults.signal)
    await editEverywhere(environment, random)
    faults.abort()
    await trouble
    const edited = performance.now()
    await until(
      () => isSettled(db, environment),
      90_000,
      () => tellOf(db, environment),
    )
    const settled = performance.now()
    const updates = await totalUpdates(environment)
    await sleep(3_000)
    expect(await totalUpdates(environment)).toBe(updates)
    expect(await isSettled(db, environment)).toBe(true)
    const parked = await db.query({
      text: 'select cause_code, cause_message, cause_problems, change from parked_change',
    })
    expect(parked.rows).toEqual([])
    const ledger = await expectBalanced(db)
    const rejected = await db.query({
      text: `select system, code, message, convert_from(body, 'UTF8') as body from rejected_message`,
    })
    expect(rejected.rows).toEqual([])
    expect(ledger).toMatchObject({ rejected: 0, inFlight: 0 })
    const customers = await db.query<{ n: number }>({
      text: 'select count(distinct customer_id)::float8 as n from source_record where not deleted',
    })
    expect(customers.rows[0]?.n).toBe(PERSONS)
    const writes = (updates - EDITS) / EDITS
    console.log(
      `seed ${SEED}: ${EDITS} edits in ${Math.round((edited - begin) / 1000)} s, ${hub.kills} kills, ` +
        `all agree after ${((settled - edited) / 1000).toFixed(1)} s more; ${writes.toFixed(2)} writes an edit`,
    )
    expect(writes).toBeLessThan(WRITES_PER_EDIT_MAX)
  }, 300_000)
})

/** Each system has other policies where it and the hub change a field at the same time. */
function policies(): Record<string, string> {
  const fields = (onConflict: string): string =>
    `{ fields: { name: {}, birthDate: {}, emails: {}, phones: { onConflict: hub-wins }, attributes.tier: {} }, onConflict: ${onConflict} }`
  return {
    crm: fields('system-wins'),
    erp: fields('hub-wins'),
    billing: fields('system-wins'),
    inventory: fields('system-wins'),
  }
}

/** Edits at random make records of one person look like those of several; who is who is not the question here. */
async function keepTogether(db: Database): Promise<void> {
  const { rows } = await db.query<{ a: number; b: number }>({
    text: `select a.no::float8 as a, b.no::float8 as b from source_record a
           join source_record b on a.raw->>'ssn' = b.raw->>'ssn' and a.no < b.no`,
  })
  expect(rows.length).toBe(PERSONS * 6)
  await upsertDecisions(db, rows, 'must-join', 'convergence test', null)
}

async function throughProxies(
  environment: Record<string, string>,
): Promise<{ seen: Record<string, string>; proxies: TcpProxy[] }> {
  const seen: Record<string, string> = {}
  const proxies: TcpProxy[] = []
  for (const [name, address] of Object.entries(environment)) {
    const url = new URL(address)
    const proxy = await startProxy({ host: url.hostname, port: Number(url.port) })
    endings.push(() => proxy.close())
    proxies.push(proxy)
    url.port = String(proxy.port)
    seen[name] = url.href
  }
  return { seen, proxies }
}

async function makeTrouble(
  hub: HubProcess,
  proxies: readonly TcpProxy[],
  random: () => number,
  signal: AbortSignal,
): Promise<void> {
  const pause = (ms: number): Promise<unknown> => sleep(ms, undefined, { signal }).catch(() => undefined)
  const cutting = async (): Promise<void> => {
    while (!signal.aborted) {
      await pause(CUT_EVERY_MS * (0.5 + random()))
      const proxy = proxies[Math.floor(random() * proxies.length)]
      // The answer to a commit that was made is lost, or everything is.
      if (random() < 0.5) proxy?.cutAfterWords('COMMIT')
      else proxy?.cut()
    }
  }
  const killing = async (): Promise<void> => {
    for (;;) {
      await pause(KILL_EVERY_MS * (0.7 + random() * 0.6))
      if (signal.aborted) return
      await hub.kill()
      await hub.start()
    }
  }
  await Promise.all([cutting(), killing()])
}

async function editEverywhere(environment: Record<string, string>, random: () => number): Promise<void> {
  const begin = performance.now()
  await Promise.all(
    SHARED_SYSTEMS.map(async (system) => {
      const client = new pg.Client({ connectionString: urlOf(environment, system) })
      await client.connect()
      for (let n = 0; n < EDITS / 4; n++) {
        const due = begin + (n * 4_000) / EDITS_PER_SECOND
        if (due > performance.now()) await sleep(due - performance.now())
        const at = Math.floor(random() * PERSONS)
        const field = SHARED_FIELDS[Math.floor(random() * SHARED_FIELDS.length)] ?? 'tier'
        const fields: Partial<SharedPerson> = { [field]: newValue(field, at, random) }
        if (random() < 0.2) fields.tier = newValue('tier', at, random)
        await editShared(client, system, at, fields)
      }
      await client.end()
    }),
  )
}

async function accountOf(db: Database): Promise<{ applied: number; inFlight: number; open: number }> {
  const { rows } = await db.query<{ applied: number; inFlight: number; open: number }>({
    text: `select coalesce(sum(applied), 0)::float8 as applied, coalesce(sum(in_flight), 0)::float8 as "inFlight",
             (select count(*) from write_back where state <> 0)::float8 as open from ledger_count`,
  })
  return rows[0] ?? { applied: 0, inFlight: 0, open: 0 }
}

async function isSettled(db: Database, environment: Record<string, string>): Promise<boolean> {
  const { inFlight, open } = await accountOf(db)
  return inFlight === 0 && open === 0 && (await differences(environment)).length === 0
}

async function differences(environment: Record<string, string>): Promise<string[]> {
  const lists = await Promise.all(SHARED_SYSTEMS.map((system) => readShared(environment, system)))
  return Array.from({ length: PERSONS }, (_, at) => at).flatMap((at) =>
    SHARED_FIELDS.filter((field) => new Set(lists.map((list) => list[at]?.[field])).size > 1).map(
      (field) => `${at} ${field}: ${lists.map((list) => list[at]?.[field] ?? '-').join(' | ')}`,
    ),
  )
}

async function tellOf(db: Database, environment: Record<string, string>): Promise<unknown> {
  const { rows } = await db.query({ text: 'select * from write_back where state <> 0 limit 3' })
  const different = await differences(environment)
  const at = different[0]?.split(' ')[0] ?? ''
  const records = await db.query({
    text: `select r.no, r.system, r.raw, r.changed_at, r.field_times, r.change_no, w.wants, w.overlay, w.state from source_record r
           left join write_back w on w.record_no = r.no where r.key like '%-' || $1`,
    values: [at],
  })
  const events = await db.query({ text: 'select type, count(*) from event_log group by 1' })
  const history = await db.query({
    text: `select v.version, v.at, v.cause, v.changed, v.golden->>'phones' as phones, v.golden->>'emails' as emails
           from source_record r join customer_version v on v.customer_id = r.customer_id where r.key = 'crm-' || $1 order by 1`,
    values: [at],
  })
  const some = different.slice(0, 12)
  return {
    account: await accountOf(db),
    different: different.length,
    some,
    rows,
    records: records.rows,
    events: events.rows,
    history: history.rows.slice(-60),
  }
}

async function totalUpdates(environment: Record<string, string>): Promise<number> {
  const counts = await Promise.all(SHARED_SYSTEMS.map((system) => updatesOf(environment, system)))
  return counts.reduce((sum, n) => sum + n, 0)
}
