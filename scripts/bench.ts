/**
 * `npm run bench`: every figure of the hub beside its bare loop, in one run, on servers of its own (PostgreSQL with fsync,
 * RabbitMQ). `npm run bench -- pipeline customers` runs some of them. Figures depend on the machine; ratios much less.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './checks.ts'
import { ensurePackages, REQUIREMENTS } from './servers/packages.ts'
import { startPostgres } from './servers/postgres.ts'
import { startRabbitmq } from './servers/rabbitmq.ts'

/** In the order of the figures that the hub promises; the built file of each, and whether it needs servers. */
const BENCHES = {
  pipeline: { file: 'dist/bench/pipeline.js', servers: true },
  mapping: { file: 'bench/mapping.ts', servers: false },
  customers: { file: 'dist/bench/customers.js', servers: true },
  decisions: { file: 'bench/decisions.ts', servers: false },
  'decision-path': { file: 'dist/bench/decision-path.js', servers: true },
  identity: { file: 'bench/identity.ts', servers: false },
  golden: { file: 'bench/golden.ts', servers: false },
  backfill: { file: 'bench/backfill.ts', servers: true },
  bulk: { file: 'bench/bulk.ts', servers: true },
} as const

type Name = keyof typeof BENCHES

function isBench(name: string): name is Name {
  return Object.hasOwn(BENCHES, name)
}

function run(file: string, environment: Record<string, string>): Promise<number> {
  const env = { ...process.env, ...environment }
  const child = spawn(process.execPath, ['--no-warnings', join(ROOT, file)], { cwd: ROOT, env, stdio: 'inherit' })
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
}

async function main(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.filter((name) => !isBench(name))
  if (unknown.length > 0) {
    console.error(`No such bench: ${unknown.join(', ')}. There are ${Object.keys(BENCHES).join(', ')}.`)
    return 2
  }
  const names = wanted.length === 0 ? (Object.keys(BENCHES) as Name[]) : wanted.filter(isBench)
  const needed = names.some((name) => BENCHES[name].servers)
  if (needed) await ensurePackages([REQUIREMENTS.postgres, REQUIREMENTS.rabbitmq], console.log)
  const servers = needed ? await Promise.all([startPostgres(), startRabbitmq()]) : []
  const [postgres, rabbitmq] = servers
  const environment: Record<string, string> =
    postgres === undefined || rabbitmq === undefined ? {} : { DATABASE_URL: postgres.url, AMQP_URL: rabbitmq.url }
  let failed = 0
  try {
    for (const name of names) {
      console.log(`\n== ${name}`)
      if ((await run(BENCHES[name].file, environment)) !== 0) failed++
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
  return failed === 0 ? 0 : 1
}

process.exit(await main(process.argv.slice(2)))
