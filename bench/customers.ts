/**
 * GET /v1/customers/{id} of a running hub beside a bare Fastify handler that reads the same row, each server in a process of
 * its own, on the same database, turn by turn. Takes DATABASE_URL and AMQP_URL; `npm run bench` gives both.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createUuid7 } from '../hub/app/uuid7.ts'
import { openDatabase } from '../hub/store/database.ts'
import { migrate } from '../hub/store/migrate.ts'
import { scratchDatabase } from './scratch-database.ts'

interface LoadResult {
  rate: number
  p50: number
  p99: number
}

const CUSTOMERS = 20_000
const SECONDS = 2
const TURNS = 5
const KEY = 'bench-admin-key'

async function fill(url: string, ids: readonly string[]): Promise<void> {
  const db = openDatabase(url)
  await migrate(db)
  const golden = (id: string, i: number): string =>
    JSON.stringify({
      id,
      kind: 'person',
      status: 'active',
      name: { given: `Given${i}`, family: `Family${i}` },
      emails: [{ address: `p${i}@example.com`, purpose: 'home' }],
      addresses: [{ purpose: 'home', lines: [`${i} Mill Road`], city: 'Leeds', postalCode: 'LS1 4AP', country: 'GB' }],
      attributes: { note: 'x'.repeat(500) },
      version: 1,
    })
  await db.query({
    text: `insert into customer (id, version, cause, changed, golden, search, created_at, updated_at)
      select u.id, 1, 'created', '{}', u.golden, '', now(), now() from unnest($1::uuid[], $2::json[]) as u(id, golden)`,
    values: [ids, ids.map(golden)],
  })
  await db.close()
}

function start(script: string, environment: Record<string, string>): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, HOST: '127.0.0.1', ...environment }
  return spawn(process.execPath, [path], { env, stdio: ['ignore', 'ignore', 'inherit'] })
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

type Form = 'rest' | 'soap'

/** Three fields that one role does not see. */
const ACCESS = `roles:
  viewer:
    customer: { name.family: masked, emails.address: masked, addresses: hidden }
`

/** A workspace of nothing but how customers are matched and who sees what of them. */
function workspaceIn(folder: string): string {
  const workspace = join(folder, 'workspace')
  for (const name of ['config', 'mappings']) mkdirSync(join(workspace, name), { recursive: true })
  copyFileSync(
    fileURLToPath(new URL('../../config/matching.yaml', import.meta.url)),
    join(workspace, 'config', 'matching.yaml'),
  )
  writeFileSync(join(workspace, 'config', 'access.yaml'), ACCESS)
  return workspace
}

async function maskedKey(url: string): Promise<string> {
  const answer = await fetch(`${url}/admin/v1/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bench', role: 'viewer' }),
  })
  const { key } = (await answer.json()) as { key?: string }
  if (key === undefined) throw new Error(`no key was made: ${answer.status}`)
  return key
}

async function load(
  url: string,
  seconds: number,
  rate: number,
  idsFile: string,
  { form = 'rest', key = KEY }: { form?: Form; key?: string } = {},
): Promise<LoadResult> {
  const script = fileURLToPath(new URL('./customers/load.js', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[script, url, key, `${seconds}`, `${rate}`, idsFile, form],
  ])
  return JSON.parse(stdout) as LoadResult
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN

async function run(databaseUrl: string): Promise<void> {
  const newId = createUuid7()
  const ids = Array.from({ length: CUSTOMERS }, newId)
  await fill(databaseUrl, ids)
  const folder = mkdtempSync(join(tmpdir(), 'omnihub-bench-'))
  const idsFile = join(folder, 'ids')
  writeFileSync(idsFile, ids.join('\n'))
  const hub = start('../hub/app/main.js', {
    PORT: '18480',
    DATABASE_URL: databaseUrl,
    AMQP_URL: process.env.AMQP_URL ?? '',
    OMNIHUB_DATA_DIR: folder,
    OMNIHUB_ADMIN_KEY: KEY,
    OMNIHUB_DEMO: 'false',
    OMNIHUB_WORKSPACE: workspaceIn(folder),
    OMNIHUB_RATE_LIMITS: 'viewer=none',
    OMNIHUB_WORKERS: '0',
    OMNIHUB_LOG_LEVEL: 'error',
  })
  const bare = start('./customers/bare-server.js', { PORT: '18481', DATABASE_URL: databaseUrl })
  try {
    const [hubUrl, bareUrl] = ['http://127.0.0.1:18480', 'http://127.0.0.1:18481']
    await untilReady(hubUrl)
    await untilReady(bareUrl)
    const rates = { hub: 0, bare: 0, soap: 0 }
    const ratios: number[] = []
    const masked: number[] = []
    const viewer = await maskedKey(hubUrl)
    // Turn by turn, so that what else the machine does falls on both; the first turn only warms up.
    for (let turn = 0; turn <= TURNS; turn++) {
      const bareRun = await load(bareUrl, SECONDS, 0, idsFile)
      const hubRun = await load(hubUrl, SECONDS, 0, idsFile)
      const soapRun = await load(hubUrl, SECONDS, 0, idsFile, { form: 'soap' })
      const maskedRun = await load(hubUrl, SECONDS, 0, idsFile, { key: viewer })
      if (turn === 0) continue
      rates.bare = Math.max(rates.bare, bareRun.rate)
      rates.hub = Math.max(rates.hub, hubRun.rate)
      ratios.push(hubRun.rate / bareRun.rate)
      masked.push(maskedRun.rate / hubRun.rate)
      rates.soap = Math.max(rates.soap, soapRun.rate)
    }
    // The same pace for both: what the machine itself adds to a wait shows in the bare one.
    const pace = Math.round(rates.hub / 2)
    const bareHalf = await load(bareUrl, SECONDS, pace, idsFile)
    const half = await load(hubUrl, SECONDS, pace, idsFile)
    const ratio = median(ratios)
    console.log(
      `GET /v1/customers/{id}: ${Math.round(rates.hub)}/s; bare Fastify with the same row ${Math.round(rates.bare)}/s; ratio ${ratio.toFixed(2)} (median of ${ratios.length} pairs; to reach 0.80)`,
    )
    console.log(
      `  at half load (${pace}/s) p50 ${half.p50.toFixed(1)} ms, p99 ${half.p99.toFixed(1)} ms (to reach 10); the bare one p50 ${bareHalf.p50.toFixed(1)} ms, p99 ${bareHalf.p99.toFixed(1)} ms`,
    )
    console.log(
      `  the same by SOAP, with a UsernameToken: ${Math.round(rates.soap)}/s, ${(rates.soap / rates.hub).toFixed(2)} of REST`,
    )
    console.log(`  by a role that does not see three fields: ${median(masked).toFixed(2)} of one that sees all`)
    console.log(`  load of the machine in the last minute: ${loadavg()[0]?.toFixed(1)}`)
  } finally {
    hub.kill('SIGTERM')
    bare.kill('SIGTERM')
    await sleep(1_500)
    rmSync(folder, { recursive: true, force: true })
  }
}

await scratchDatabase(run)
