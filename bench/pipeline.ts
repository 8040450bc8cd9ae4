/**
 * The whole pipeline beside its bare loop, on the same servers in the same run, and its latency at half of its rate.
 * Takes DATABASE_URL (a scratch server's, with the right to create databases) and AMQP_URL; `npm run bench` gives both.
 */
import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { bareLoop } from './pipeline/bare-loop.ts'
import { peopleChanges } from './pipeline/people.ts'
import { wholePipeline } from './pipeline/whole-pipeline.ts'

const ROOT = process.cwd()
const COUNT = Number(process.env.BENCH_CHANGES ?? 40_000)

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

async function withDatabase<Result>(run: (url: string) => Promise<Result>): Promise<Result> {
  const url = process.env.DATABASE_URL ?? ''
  const name = `bench_${process.pid}_${Date.now()}`
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  await admin.query(`create database ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  try {
    return await run(own.href)
  } finally {
    await admin.query(`drop database ${name} with (force)`)
    await admin.end()
  }
}

/** Milliseconds that the disk takes for a write of 8 KB and its fsync, the middle of 50. */
function fsyncMs(): number {
  const path = join(tmpdir(), `omnihub-fsync-${process.pid}`)
  const file = openSync(path, 'w')
  const times = Array.from({ length: 50 }, () => {
    const startedAt = performance.now()
    writeSync(file, Buffer.alloc(8192))
    fsyncSync(file)
    return performance.now() - startedAt
  })
  closeSync(file)
  unlinkSync(path)
  return percentile(times, 0.5)
}

async function run(): Promise<void> {
  const amqpUrl = process.env.AMQP_URL ?? ''
  const [cpu] = cpus()
  console.log(`whole pipeline: ${cpus().length} cores (${cpu?.model.trim()}), fsync ${fsyncMs().toFixed(2)} ms`)
  const loads = [
    { name: 'all new customers', changes: peopleChanges(COUNT, COUNT) },
    { name: 'each customer four times', changes: peopleChanges(COUNT, Math.ceil(COUNT / 4)) },
  ]
  for (const { name, changes } of loads) {
    const bare = await withDatabase((url) => bareLoop(changes, url, amqpUrl))
    const options = { amqpUrl, root: ROOT, workers: 4, partitions: 8 }
    const whole = await withDatabase((databaseUrl) => wholePipeline(changes, { ...options, databaseUrl }))
    const ratio = whole.rate / bare
    console.log(
      `  ${name}: ${Math.round(whole.rate)} changes/s, ${whole.events} events; bare loop ${Math.round(bare)}/s; ratio ${ratio.toFixed(2)} (to reach 0.50)`,
    )
    if (name !== 'all new customers') continue
    const pace = Math.round(whole.rate / 2)
    const paced = peopleChanges(Math.min(COUNT, pace * 5), COUNT)
    const half = await withDatabase((databaseUrl) => wholePipeline(paced, { ...options, databaseUrl, pace }))
    const [p50, p99] = [percentile(half.latencies, 0.5), percentile(half.latencies, 0.99)]
    console.log(
      `  at half load (${pace}/s): accept to event in a consumer's hands p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms (to reach 250)`,
    )
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await run()
