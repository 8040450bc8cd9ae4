/**
 * `npm test`: installs and starts the servers that the tests need (or takes those of DATABASE_URL, AMQP_URL and
 * MYSQL_URL), runs the checks and all tests, and ends what it started. With arguments, only Jest runs, with them:
 *   npm test -- hub/store            only test files whose path has hub/store
 *   npm test -- hub/store -t 'deadlock' --selectProjects system    (paths first: --selectProjects takes all that follow)
 */
import { runChecks, runNode } from './checks.ts'
import { type JestRun, startJest } from './jest.ts'
import { type Servers, startServers } from './servers/start.ts'

const jestArgs = process.argv.slice(2)
const whole = jestArgs.length === 0
let jest: JestRun | undefined
let interruptedBy: NodeJS.Signals | undefined

// Ctrl-C reaches Jest too, as it shares the terminal; a signal sent to this process alone is handed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interruptedBy = signal
    jest?.child.kill(signal)
  })
}

function say(text: string): void {
  console.log(text)
}

async function runTests(servers: Servers): Promise<number> {
  const { code, output } = await runNode(['scripts/build.ts'])
  if (code !== 0) {
    say(output)
    return code
  }
  if (interruptedBy) return 1
  say(`Tests${whole ? '' : ` (${jestArgs.join(' ')})`}:`)
  jest = startJest(jestArgs, servers.environment)
  return jest.code
}

async function main(): Promise<number> {
  say('Servers: PostgreSQL, RabbitMQ and MariaDB on 127.0.0.1, data in .servers/')
  const starting = startServers((text) => say(`  ${text}`))
  // Awaited below; a failure that comes while the checks still run must not count as unhandled.
  starting.catch(() => undefined)
  if (whole) say('Checks:')
  const passed = !whole || (await runChecks())
  const servers = await starting
  try {
    if (!passed) say('The tests are run when the checks above pass.')
    return passed && !interruptedBy ? await runTests(servers) : 1
  } finally {
    await servers.stop()
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
if (interruptedBy) process.exitCode = 130
