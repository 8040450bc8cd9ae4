/** All servers of the tests: those given by environment as they are, the others started here. */
import { ensurePackages, REQUIREMENTS } from './packages.ts'
import { startMariadb } from './mariadb.ts'
import { startPostgres } from './postgres.ts'
import { startRabbitmq } from './rabbitmq.ts'
import type { TestServer } from './server.ts'

export interface Servers {
  /** DATABASE_URL, AMQP_URL, MYSQL_URL and what test/support needs; to be added to the tests' environment. */
  environment: Record<string, string>
  stop(): Promise<void>
}

const STARTERS = {
  postgres: () => startPostgres({ fsync: process.env.OMNIHUB_TEST_FSYNC === 'on' }),
  rabbitmq: startRabbitmq,
  mariadb: startMariadb,
}
type Kind = keyof typeof STARTERS

/** Starts them side by side; when one does not come up, the others are ended again. */
export async function startServers(say: (text: string) => void = () => undefined): Promise<Servers> {
  const kinds = (Object.keys(STARTERS) as Kind[]).filter((kind) => {
    const given = process.env[REQUIREMENTS[kind].variable]
    if (given) say(`${REQUIREMENTS[kind].variable} is given; no ${kind} is started`)
    return !given
  })
  await ensurePackages(
    kinds.map((kind) => REQUIREMENTS[kind]),
    say,
  )
  const outcomes = await Promise.allSettled(kinds.map((kind) => STARTERS[kind]()))
  const servers = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined))
  const stop = async (): Promise<void> => {
    await Promise.allSettled(servers.map((server) => server?.stop()))
  }
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) {
    await stop()
    throw failed.reason
  }
  return { environment: environmentOf(kinds, servers), stop }
}

function environmentOf(kinds: readonly Kind[], servers: readonly (TestServer | undefined)[]): Record<string, string> {
  const environment: Record<string, string> = {}
  kinds.forEach((kind, index) => {
    const server = servers[index]
    if (server === undefined) return
    environment[REQUIREMENTS[kind].variable] = server.url
    if (kind === 'rabbitmq') environment.OMNIHUB_TEST_RABBITMQ = JSON.stringify(server.facts)
  })
  return environment
}
