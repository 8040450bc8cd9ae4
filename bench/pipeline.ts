/**
 * The whole pipeline beside its bare loop, on the same servers in the same run, and its latency at half of its rate.
 * Takes DATABASE_URL (a scratch server's, with the right to create databases) and AMQP_URL; `npm run bench` gives both.
 */
import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bareLoop } from './pipeline/bare-loop.ts'
import { peopleChanges } from './pipeline/people.ts'
import { scratchDatabase } from './scratch-database.ts'
import { wholePipeline } from './pipeline/whole-pipeline.ts'

const ROOT = process.cwd()
const COUNT = Number(process.env.BENCH_CHANGES ?? 40_000)

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
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
    const bare = await scratchDatabase((url) => bareLoop(changes, url, amqpUrl))
    const options = { amqpUrl, root: ROOT, workers: 4, partitions: 8 }
    const whole = await scratchDatabase((databaseUrl) => wholePipeline(changes, { ...options, databaseUrl }))
    const ratio = whole.rate / bare
    console.log(
      `  ${name}: ${Math.round(whole.rate)} changes/s, ${whole.events} events; bare loop ${Math.round(bare)}/s; ratio ${ratio.toFixed(2)} (to reach 0.50)`,
    )
    if (name !== 'all new customers') continue
    const ruled = await scratchDatabase((databaseUrl) =>
      wholePipeline(changes, { ...options, databaseUrl, rule: 'data-quality' }),
    )
    console.log(
      `  the same with the rule data-quality on the way: ${Math.round(ruled.rate)} changes/s, ${(ruled.rate / whole.rate).toFixed(2)} of that`,
    )
    const pace = Math.round(whole.rate / 2)
    const paced = peopleChanges(Math.min(COUNT, pace * 5), COUNT)
    const half = await scratchDatabase((databaseUrl) => wholePipeline(paced, { ...options, databaseUrl, pace }))
    const [p50, p99] = [percentile(half.latencies, 0.5), percentile(half.latencies, 0.99)]
    console.log(
      `  at half load (${pace}/s): accept to event in a consumer's hands p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms (to reach 250)`,
    )
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await run()
