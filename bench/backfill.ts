/**
 * A backfill of 1,000,000 people from PostgreSQL into the whole hub, killed ten times, beside live changes: its rate beside
 * a bare COPY-and-parse loop, its memory in the first and the last tenth, its certificate. Takes DATABASE_URL (with the right
 * to create databases) and AMQP_URL; `npm run bench -- backfill` gives both. BENCH_ROWS sets another size.
 */
import { cpus } from 'node:os'
import { dropSlots } from '../test/scale/people-table.ts'
import { killedBackfill } from '../test/scale/killed-backfill.ts'
import { scratchDatabase } from './scratch-database.ts'

const ROWS = Number(process.env.BENCH_ROWS ?? 1_000_000)
const KILLS = 10
const GROWTH_MAX = 0.1

const result = await scratchDatabase((hubUrl) =>
  scratchDatabase(async (sourceUrl) => {
    try {
      return await killedBackfill({
        sourceUrl,
        hubUrl,
        amqpUrl: process.env.AMQP_URL ?? '',
        rows: ROWS,
        kills: KILLS,
        changesPerSecond: 20,
        timeoutMs: 3_600_000,
        print: (line) => console.log(`  ${line}`),
      })
    } finally {
      await dropSlots(sourceUrl)
    }
  }),
)

const { memory, certificate, sums, liveLagMs } = result
const growth = memory.last / memory.first - 1
const isSame = sums.theirs.sum === sums.ours.sum && sums.theirs.count === sums.ours.count
const seen = certificate.report as {
  matches?: boolean
  system?: { count: number; hash: string }
  changedMeanwhile?: number
}
console.log(
  `  ${result.finalRows} rows, ${result.liveChanges} live changes, ${KILLS} kills in ${Math.round(result.seconds)} s (${cpus().length} cores)`,
)
console.log(
  `  without interruption ${Math.round(result.perSecond)} rows/s read, accepted and applied; bare COPY and parse ${Math.round(result.copyPerSecond)} rows/s`,
)
console.log(
  `  memory of the last life after a fifth of it as warm-up: first tenth ${memory.first.toFixed(0)} MB, last tenth ${memory.last.toFixed(0)} MB (${(growth * 100).toFixed(1)} %, to stay within 10 %), peak of all lives ${memory.peak.toFixed(0)} MB, ${memory.samples} samples`,
)
console.log(
  `  live changes in the hub after ${liveLagMs.median.toFixed(0)} ms in the middle, ${liveLagMs.worst.toFixed(0)} ms at worst`,
)
console.log(
  `  certificate: ${seen.matches === true ? 'both sides agree' : 'THEY DIFFER'}, ${seen.system?.count} records, hash ${seen.system?.hash.slice(0, 16)}..., ${seen.changedMeanwhile} changed meanwhile; sums by PostgreSQL ${isSame ? 'agree' : 'DIFFER'}`,
)
process.exit(seen.matches === true && isSame && growth <= GROWTH_MAX ? 0 : 1)
