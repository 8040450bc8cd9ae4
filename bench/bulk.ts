/**
 * POST /v1/imports and /v1/exports on a hub of its own process: lines/s beside bare loops over the same lines, and the memory that
 * the process takes, which must not grow with the number of lines. Takes DATABASE_URL (with the right to create databases) and
 * AMQP_URL; `npm run bench -- bulk` gives both. BENCH_ROWS sets another size.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import pg from 'pg'
import { PUSH_WORKSPACE } from '../test/support/push-workspace.ts'
import { scratchDatabase } from './scratch-database.ts'

const ROWS = Number(process.env.BENCH_ROWS ?? 100_000)
const KEY = 'the admin key of the bench'
const URL_OF_HUB = 'http://127.0.0.1:18482'
const HEADERS = { authorization: `Bearer ${KEY}`, 'content-type': 'application/x-ndjson' }
const GROWTH_MAX = 1.35

interface View {
  id: string
  state: string
  lines: number
  bytes: number
  outcome: { inFlight: number; applied: number }
}

function lineOf(number: number): string {
  const id = String(number)
  // No two are alike: what is measured is the way, not who belongs together.
  const name = createHash('md5')
    .update(id)
    .digest('base64url')
    .replace(/[^a-zA-Z]/g, '')
    .slice(0, 12)
  const born = new Date(Date.UTC(1930, 0, 1) + ((number * 7_919) % 25_000) * 86_400_000).toISOString().slice(0, 10)
  const address = { Street: `${number % 200} Mill Road`, City: 'Leeds', Postcode: 'LS1 1AA' }
  return `${JSON.stringify({ Id: id, FirstName: name.slice(0, 6), LastName: name, Born: born, Email: `${name}${id}@example.com`, ...address })}\n`
}

async function* file(): AsyncGenerator<Buffer> {
  for (let from = 0; from < ROWS; from += 500) {
    const count = Math.min(500, ROWS - from)
    yield await Promise.resolve(Buffer.from(Array.from({ length: count }, (_, at) => lineOf(from + at)).join('')))
  }
}

/** Reads, parses and hashes each line, and nothing else. */
async function bareImport(): Promise<number> {
  const begun = performance.now()
  for await (const piece of file()) {
    for (const line of piece.toString().split('\n')) {
      if (line === '') continue
      JSON.parse(line)
      createHash('sha256').update(line).digest('base64url')
    }
  }
  return perSecond(begun)
}

/** Reads the golden records through a cursor and compresses them, and nothing else. */
async function bareExport(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const begun = performance.now()
  await client.query('begin isolation level repeatable read read only')
  await client.query('declare bare no scroll cursor for select golden::text as golden from customer order by id')
  for (;;) {
    const { rows } = await client.query<{ golden: string }>('fetch 1000 from bare')
    if (rows.length === 0) break
    gzipSync(rows.map(({ golden }) => golden).join('\n'), { level: 4 })
  }
  await client.end()
  return perSecond(begun)
}

function perSecond(begun: number): number {
  return Math.round(ROWS / ((performance.now() - begun) / 1000))
}

/** MB of the process that are in memory now. */
function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

async function ask<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(URL_OF_HUB + path, { ...init, headers: { ...HEADERS, ...init.headers } })
  return (await answer.json()) as Answer
}

/** The hub takes and does not apply, so that its memory is that of taking. */
async function measureImport(pid: number): Promise<string> {
  const memory: number[] = []
  const looking = setInterval(() => memory.push(memoryOf(pid)), 100)
  const begun = performance.now()
  const view = await send()
  const durable = perSecond(begun)
  clearInterval(looking)
  if (view.lines !== ROWS) throw new Error(JSON.stringify(view))
  console.log(`import: ${durable} lines/s durable; bare loop ${await bareImport()} lines/s`)
  const [early, late] = [highest(memory.slice(0, memory.length / 5)), highest(memory.slice((memory.length * 4) / 5))]
  console.log(`  memory of the hub: first fifth ${early.toFixed(0)} MB, last fifth ${late.toFixed(0)} MB at most`)
  if (ROWS >= 100_000 && late > early * GROWTH_MAX) throw new Error('the memory grows with the lines')
  const again = performance.now()
  await send()
  console.log(`  the same file again: ${perSecond(again)} lines/s`)
  return view.id
}

function send(): Promise<View> {
  const stream = { method: 'POST', body: file(), duplex: 'half' } as unknown as RequestInit
  return ask<View>('/v1/imports?system=crm&entity=Contact', stream)
}

async function untilApplied(id: string): Promise<void> {
  const begun = performance.now()
  let { outcome } = await ask<View>(`/v1/imports/${id}`)
  while (outcome.inFlight > 0) {
    await sleep(500)
    outcome = (await ask<View>(`/v1/imports/${id}`)).outcome
  }
  console.log(`  applied at ${perSecond(begun)} changes/s`)
}

async function measureExport(databaseUrl: string): Promise<void> {
  const begun = performance.now()
  const headers = { 'content-type': 'application/json' }
  const { id } = await ask<View>('/v1/exports', { method: 'POST', headers, body: '{"entity":"customer"}' })
  let view = await ask<View>(`/v1/exports/${id}`)
  while (view.state !== 'completed') {
    await sleep(50)
    view = await ask<View>(`/v1/exports/${id}`)
  }
  const made = Math.round(view.lines / ((performance.now() - begun) / 1000))
  const reading = performance.now()
  const data = await fetch(`${URL_OF_HUB}/v1/exports/${id}/data`, {
    headers: { ...HEADERS, 'accept-encoding': 'identity' },
  })
  let bytes = 0
  for await (const piece of data.body ?? []) bytes += (piece as Uint8Array).length
  if (bytes !== view.bytes) throw new Error(`${bytes} of ${view.bytes} bytes`)
  const rate = bytes / 1024 / 1024 / ((performance.now() - reading) / 1000)
  console.log(
    `export: ${made} records/s; bare cursor and gzip ${await bareExport(databaseUrl)} records/s; read at ${rate.toFixed(0)} MB/s`,
  )
}

function highest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0)
}

async function untilReady(): Promise<void> {
  for (let time = 0; time < 300; time += 1) {
    const answer = await fetch(`${URL_OF_HUB}/health/ready`).catch(() => undefined)
    if (answer?.ok === true) return
    await sleep(100)
  }
  throw new Error('the hub did not come up')
}

async function run(databaseUrl: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'omnihub-bench-'))
  const matching = readFileSync(fileURLToPath(new URL('../config/matching.yaml', import.meta.url)), 'utf8')
  for (const [name, text] of Object.entries({ ...PUSH_WORKSPACE, 'config/matching.yaml': matching })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const env = {
    PATH: process.env.PATH,
    PORT: new URL(URL_OF_HUB).port,
    DATABASE_URL: databaseUrl,
    AMQP_URL: process.env.AMQP_URL ?? '',
    OMNIHUB_WORKSPACE: folder,
    OMNIHUB_DATA_DIR: join(folder, 'data'),
    OMNIHUB_ADMIN_KEY: KEY,
    OMNIHUB_LOG_LEVEL: 'error',
  }
  try {
    const id = await withHub({ ...env, OMNIHUB_WORKERS: '0' }, measureImport)
    await withHub(env, async () => {
      await untilApplied(id)
      await measureExport(databaseUrl)
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function withHub<Result>(env: NodeJS.ProcessEnv, work: (pid: number) => Promise<Result>): Promise<Result> {
  const main = fileURLToPath(new URL('../dist/hub/app/main.js', import.meta.url))
  const hub = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = new Promise((resolve) => hub.once('exit', resolve))
  try {
    await untilReady()
    return await work(hub.pid ?? 0)
  } finally {
    hub.kill('SIGTERM')
    await ended
  }
}

await scratchDatabase(run)
