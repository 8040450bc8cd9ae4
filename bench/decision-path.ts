/**
 * POST /v1/decisions/{rule} of a running hub with and without keeping decisions, turn by turn: what the way through the API
 * costs, and what the log does. Takes DATABASE_URL and AMQP_URL; `npm run bench -- decision-path` gives both.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createUuid7 } from '../hub/app/uuid7.ts'
import { openDatabase } from '../hub/store/database.ts'
import { migrate } from '../hub/store/migrate.ts'
import { scratchDatabase } from './scratch-database.ts'
import { mintMasterKey } from '../hub/security/secret-box.ts'

interface LoadResult {
  rate: number
  p50: number
  p99: number
}

const CUSTOMERS = 5_000
const SECONDS = 4
const TURNS = 2
const KEY = 'bench-admin-key'
const HUBS = [
  { kept: true, port: '18482', days: '90' },
  { kept: false, port: '18483', days: '0' },
] as const

async function fill(url: string, ids: readonly string[]): Promise<void> {
  const db = openDatabase(url)
  await migrate(db)
  const golden = (id: string, i: number): string =>
    JSON.stringify({
      id,
      kind: 'person',
      status: 'active',
      name: { given: `Given${i}`, family: `Family${i}` },
      emails: [{ address: `p${i}@mill.co.uk`, purpose: 'home' }],
      addresses: [{ purpose: 'home', lines: [`${i} Mill Road`], city: 'Leeds', postalCode: 'LS1 4AP', country: 'GB' }],
      version: 1,
      createdAt: `20${10 + (i % 15)}-03-01T00:00:00Z`,
    })
  await db.query({
    text: `insert into customer (id, version, cause, changed, golden, search, created_at, updated_at)
      select u.id, 1, 'created', '{}', u.golden, '', now(), now() from unnest($1::uuid[], $2::json[]) as u(id, golden)`,
    values: [ids, ids.map(golden)],
  })
  await db.close()
}

/** The same for both processes: they share a database. */
const MASTER_KEY = mintMasterKey()

function startHub(databaseUrl: string, folder: string, port: string, days: string): ChildProcess {
  const { PATH, HOME } = process.env
  const environment = {
    PORT: port,
    HOST: '127.0.0.1',
    DATABASE_URL: databaseUrl,
    AMQP_URL: process.env.AMQP_URL ?? '',
    OMNIHUB_DATA_DIR: join(folder, port),
    OMNIHUB_ADMIN_KEY: KEY,
    OMNIHUB_MASTER_KEY: MASTER_KEY,
    OMNIHUB_DEMO: 'false',
    OMNIHUB_WORKERS: '0',
    OMNIHUB_LOG_LEVEL: 'error',
    OMNIHUB_DECISION_LOG_DAYS: days,
  }
  const path = fileURLToPath(new URL('../hub/app/main.js', import.meta.url))
  return spawn(process.execPath, [path], {
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function untilReady(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const ready = await fetch(`${url}/health/ready`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (ready) return
    await sleep(100)
  }
  throw new Error(`${url} did not come up`)
}

async function load(port: string, seconds: number, rule: string, bodies: string): Promise<LoadResult> {
  const script = fileURLToPath(new URL('./decisions/load.js', import.meta.url))
  const words = [script, `http://127.0.0.1:${port}`, KEY, `${seconds}`, rule, bodies]
  const { stdout } = await promisify(execFile)(process.execPath, words)
  return JSON.parse(stdout) as LoadResult
}

async function compare(what: string, rule: string, bodies: string): Promise<void> {
  const best = new Map<boolean, LoadResult>()
  // Turn by turn, so that what else the machine does falls on both; the first turn only warms up.
  for (let turn = 0; turn <= TURNS; turn++) {
    for (const { kept, port } of HUBS) {
      const result = await load(port, turn === 0 ? 2 : SECONDS, rule, bodies)
      if (turn > 0 && result.rate > (best.get(kept)?.rate ?? 0)) best.set(kept, result)
    }
  }
  const [kept, bare] = [best.get(true), best.get(false)]
  if (kept === undefined || bare === undefined) throw new Error('nothing was measured')
  const shown = ({ rate, p50, p99 }: LoadResult): string =>
    `${Math.round(rate)}/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
  console.log(`POST /v1/decisions/${rule}, ${what}`)
  console.log(`  not kept: ${shown(bare)}`)
  console.log(`  kept:     ${shown(kept)}; ${(kept.rate / bare.rate).toFixed(2)} of that`)
}

async function run(databaseUrl: string): Promise<void> {
  const ids = Array.from({ length: CUSTOMERS }, createUuid7())
  await fill(databaseUrl, ids)
  const folder = mkdtempSync(join(tmpdir(), 'omnihub-bench-'))
  const file = (name: string, bodies: readonly object[]): string => {
    writeFileSync(join(folder, name), bodies.map((body) => JSON.stringify(body)).join('\n'))
    return join(folder, name)
  }
  const invoices = ids.map((_, i) => ({
    input: { status: 'overdue', dueOn: '2026-03-01', balance: { amount: String(i % 400), currency: 'AUD' } },
    at: `2026-0${3 + (i % 4)}-12T00:00:00Z`,
  }))
  const hubs = HUBS.map(({ port, days }) => startHub(databaseUrl, folder, port, days))
  try {
    for (const { port } of HUBS) await untilReady(`http://127.0.0.1:${port}`)
    await compare('everything in the input', 'dunning-stage', file('invoices', invoices))
    const customers = ids.map((id) => ({ input: { customer: { id } } }))
    await compare('the customer read by the hub', 'data-quality', file('customers', customers))
    await compare('the customer and collections read, the rest filled in', 'credit-limit', join(folder, 'customers'))
  } finally {
    for (const hub of hubs) hub.kill('SIGTERM')
    await sleep(2_000)
    rmSync(folder, { recursive: true, force: true })
  }
}

await scratchDatabase(run)
