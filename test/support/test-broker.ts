/** A place of its own in RabbitMQ for each test file. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { serverUrl } from './environment.ts'

const LEAK_GRACE_MS = 2_000

export interface TestBroker {
  url: string
  /** For the names of exchanges and queues (RabbitBus takes it): only a broker that we may not steer is shared by prefix. */
  prefix: string
  /** Whether the vhost is this file's own; only then may a test count queues or close all connections. */
  ownVhost: boolean
  /** Connections open in the vhost, by the client's name or address; empty when the vhost is not ours. */
  connections(): Promise<string[]>
  /** Breaks all connections of the vhost as an operator or a failing network would. Needs `ownVhost`. */
  closeConnections(): Promise<void>
  /** Deletes the vhost; throws when the tests left connections open, and names them. */
  drop(): Promise<void>
}

export interface BrokerNode {
  node: string
  cookie: string
  epmdPort: string
  erlCall: string
}

/** Drop it in afterAll. */
export async function testBroker(): Promise<TestBroker> {
  const url = serverUrl('AMQP_URL')
  const name = `test-${randomBytes(5).toString('hex')}`
  const facts = process.env.OMNIHUB_TEST_RABBITMQ
  if (!facts) {
    const nothing = (): Promise<void> => Promise.resolve()
    const closeConnections = (): Promise<void> =>
      Promise.reject(new Error('the broker of AMQP_URL is not ours to disturb; unset AMQP_URL for this test'))
    return {
      url,
      prefix: name,
      ownVhost: false,
      connections: () => Promise.resolve([]),
      closeConnections,
      drop: nothing,
    }
  }
  const node = JSON.parse(facts) as BrokerNode
  const user = decodeURIComponent(new URL(url).username)
  await control(
    node,
    `ok = rabbit_vhost:add(<<"${name}">>, <<"${user}">>),
     rabbit_auth_backend_internal:set_permissions(<<"${user}">>, <<"${name}">>, <<".*">>, <<".*">>, <<".*">>, <<"${user}">>).`,
  )
  const own = new URL(url)
  own.pathname = `/${name}`
  const connections = (): Promise<string[]> => connectionsOf(node, name)
  return {
    url: own.href,
    prefix: 'omnihub',
    ownVhost: true,
    connections,
    async closeConnections() {
      await control(node, `rabbit_connection_tracking:close_connections(${trackedIn(name)}, "closed by a test", 0).`)
    },
    async drop() {
      const left = await connectionsLeft(connections)
      await control(node, `rabbit_vhost:delete(<<"${name}">>, <<"${user}">>).`)
      if (left.length > 0) throw new Error(`the tests left connections to RabbitMQ open: ${left.join(', ')}`)
    },
  }
}

/** Waits for connections that are being closed; answers those that stay. The broker forgets one a moment after its client. */
async function connectionsLeft(connections: () => Promise<string[]>): Promise<string[]> {
  const deadline = Date.now() + LEAK_GRACE_MS
  for (;;) {
    const left = await connections()
    if (left.length === 0 || Date.now() > deadline) return left
    await sleep(50)
  }
}

function trackedIn(vhost: string): string {
  return `rabbit_connection_tracking:list(<<"${vhost}">>)`
}

async function connectionsOf(node: BrokerNode, vhost: string): Promise<string[]> {
  // The fifth element of a tracked connection is its name: `127.0.0.1:41234 -> 127.0.0.1:5672`.
  const answer = await control(node, `string:join([binary_to_list(element(5, C)) || C <- ${trackedIn(vhost)}], "|").`)
  const names = /^\{ok, "(.*)"\}$/s.exec(answer)?.[1]
  return names === undefined ? [] : names.split('|')
}

/**
 * Evaluates Erlang expressions in the broker: what rabbitmqctl does in a second and a half, in some milliseconds.
 * The caller joins as a hidden node, whose name (-h) must be its own: the broker refuses a second one of the same name.
 */
export function control({ node, cookie, epmdPort, erlCall }: BrokerNode, expressions: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      erlCall,
      ['-sname', node, '-c', cookie, '-h', `test-${randomBytes(5).toString('hex')}`, '-e'],
      { env: { ...process.env, ERL_EPMD_PORT: epmdPort, ERL_EPMD_ADDRESS: '127.0.0.1' } },
      (error, stdout, stderr) => {
        const answer = stdout.trim()
        if (error === null && answer.startsWith('{ok,')) resolve(answer)
        else reject(new Error(`RabbitMQ refused ${expressions}: ${answer || stderr || String(error)}`))
      },
    )
    child.stdin?.end(`${expressions}\n`)
  })
}
