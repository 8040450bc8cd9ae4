/** A throw-away RabbitMQ with a port mapper (epmd) of its own, so that no other Erlang node on the machine is touched. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { globSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import amqp from 'amqplib'
import { commandAs } from '../../hub/store/embedded/unprivileged.ts'
import { freePort, makeFolder, type ServerFolder } from './folder.ts'
import { startServer, type TestServer } from './server.ts'

/** The program itself; the one in /usr/sbin is Debian's wrapper, which changes user and folder. */
const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server'
/** Evaluates Erlang in a running node, in milliseconds; test/support/test-broker.ts uses it. */
const ERL_CALL = '/usr/lib/erlang/lib/erl_interface-*/bin/erl_call'

/** A user `omnihub` with all rights on the default vhost. `facts` hold what test/support/test-broker.ts needs to steer it. */
export async function startRabbitmq(): Promise<TestServer> {
  const folder = await makeFolder('rabbitmq')
  const [port, distPort, epmdPort] = [await freePort(), await freePort(), await freePort()]
  const password = randomBytes(12).toString('hex')
  const cookie = randomBytes(16).toString('hex')
  const node = `omnihub-${port}@localhost`
  await writeFiles(folder, password, cookie)
  const environment = environmentOf(folder, { node, port, distPort, epmdPort })
  const url = `amqp://omnihub:${password}@127.0.0.1:${port}`
  let epmd: ChildProcess | undefined
  const [command, args] = commandAs(null, PROGRAM, [], 'KILL')
  return startServer({
    name: 'RabbitMQ',
    folder,
    url,
    facts: { node, cookie, epmdPort: String(epmdPort), erlCall: globSync(ERL_CALL)[0] ?? 'erl_call' },
    command,
    args,
    environment,
    endSignal: 'SIGTERM',
    probe: async () => {
      const connection = await amqp.connect(url, { timeout: 2000 })
      await connection.close()
    },
    startTimeoutMs: 90_000,
    beforeStart: async () => {
      epmd = await startEpmd(folder, epmdPort, environment)
    },
    afterEnd: async () => {
      const ended = epmd
      epmd = undefined
      ended?.ref()
      if (ended?.kill('SIGKILL')) await new Promise((resolve) => ended.once('exit', resolve))
    },
  })
}

async function writeFiles(folder: ServerFolder, password: string, cookie: string): Promise<void> {
  await writeFile(join(folder.path, '.erlang.cookie'), cookie, { mode: 0o400 })
  await writeFile(join(folder.path, 'environment.conf'), '')
  await writeFile(join(folder.path, 'enabled_plugins'), '[].\n')
  await mkdir(join(folder.path, 'logs'))
  const settings = [
    'default_user = omnihub',
    `default_pass = ${password}`,
    'loopback_users = none',
    'log.console = true',
    'log.console.level = info',
    'log.file = false',
    // The tests share a disk that may be nearly full; the broker's own alarm would hang them without a word.
    'disk_free_limit.absolute = 50MB',
  ]
  await writeFile(join(folder.path, 'rabbitmq.conf'), `${settings.join('\n')}\n`)
}

interface Address {
  node: string
  port: number
  distPort: number
  epmdPort: number
}

function environmentOf(folder: ServerFolder, { node, port, distPort, epmdPort }: Address): Record<string, string> {
  return {
    HOME: folder.path,
    // Makes the script become the server instead of standing between it and its signals.
    RUNNING_UNDER_SYSTEMD: 'true',
    RABBITMQ_NODENAME: node,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false',
    RABBITMQ_MNESIA_BASE: join(folder.path, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder.path, 'logs'),
    RABBITMQ_CONFIG_FILE: join(folder.path, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: join(folder.path, 'environment.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder.path, 'enabled_plugins'),
    RABBITMQ_PID_FILE: join(folder.path, 'rabbitmq.pid'),
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_CRASH_DUMP_SECONDS: '0',
    LC_ALL: 'C.UTF-8',
  }
}

async function startEpmd(
  folder: ServerFolder,
  port: number,
  environment: Record<string, string>,
): Promise<ChildProcess> {
  const [command, args] = commandAs(null, 'epmd', ['-port', String(port), '-address', '127.0.0.1'], 'KILL')
  const epmd = spawn(command, args, {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, ...environment },
  })
  await new Promise((resolve, reject) => epmd.once('spawn', resolve).once('error', reject))
  if (epmd.pid !== undefined) await folder.notePid(epmd.pid)
  epmd.unref()
  return epmd
}
