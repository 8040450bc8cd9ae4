/**
 * What the HTTP shell (gate, reading of input, metrics, Nest) leaves of a bare Fastify handler: both send the same stored
 * JSON text of a customer. Figure to reach: 80 %.
 *
 *   node dist/bench/http-shell.js [seconds]
 */
import { Controller, Res } from '@nestjs/common'
import { fastify, type FastifyReply } from 'fastify'
import { fork } from 'node:child_process'
import { connect } from 'node:net'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Registry } from 'prom-client'
import { Input, Operation } from '../hub/api/http/decorators.ts'
import { createHttpServer } from '../hub/api/http/http-server.ts'
import type { Input as InputOf } from '../hub/api/http/input.ts'
import { operation } from '../hub/api/operations/operation.ts'
import { hashSecret, mintKey } from '../hub/security/api-key.ts'
import { KeyVerifier } from '../hub/security/key-verifier.ts'

const CONNECTIONS = 32
const ID = '0191e2a0-7b1c-7000-8000-123456789012'
const STORED = JSON.stringify({
  id: ID,
  kind: 'person',
  emails: [{ address: 'a@example.com' }],
  filler: 'x'.repeat(1_000),
})

const readOperation = operation({
  id: 'readCustomer',
  method: 'GET',
  path: '/v1/customers/{id}',
  tag: 'Bench',
  summary: 'One customer',
  description: 'One customer.',
  permission: 'records.read',
  params: { id: { type: 'string', format: 'uuid', description: 'Its id.' } },
  query: { include: { type: 'string', list: true, description: 'More.' } },
  answers: { 200: { description: 'It.' } },
})

@Controller()
class StoredTextController {
  @Operation(readOperation)
  read(@Input() input: InputOf<typeof readOperation>, @Res() reply: FastifyReply): void {
    reply.header('etag', '"1"').header('content-type', 'application/json; charset=utf-8')
    reply.send(input.params.id === ID ? STORED : '{}')
  }
}

async function bareServer(): Promise<string> {
  const server = fastify()
  server.get('/v1/customers/:id', (_request, reply) => {
    reply.header('etag', '"1"').header('content-type', 'application/json; charset=utf-8')
    reply.send(STORED)
  })
  return server.listen({ port: 0, host: '127.0.0.1' })
}

async function shellServer(key: string, id: string, secret: string): Promise<string> {
  const dates = { createdAt: '2026-01-01T00:00:00Z', expiresAt: null, revokedAt: null, limits: null, rotatedTo: null }
  const stored = { id, name: 'bench', role: 'channel' as const, system: null, secretHash: hashSecret(secret), ...dates }
  const silent = (): void => undefined
  const controller = new StoredTextController()
  const server = await createHttpServer({
    verifier: new KeyVerifier({
      store: { usable: async () => [stored] },
      adminKey: `not ${key}`,
      now: () => performance.now(),
    }),
    log: { debug: silent, info: silent, warn: silent, error: silent },
    registry: new Registry(),
    readiness: [],
    changesBytesMax: 10_485_760,
    openApi: '{}',
    docs: '',
    controllers: [StoredTextController],
    providers: [],
    direct: {
      [readOperation.id]: async (input, reply) => {
        controller.read(input as InputOf<typeof readOperation>, reply)
      },
    },
  })
  return (await server.listen(0, '127.0.0.1')).url
}

interface Measured {
  rate: number
  /** CPU time of this process, which serves, per request in microseconds: other load on the machine does not change it. */
  cpuMicros: number
}

/** Requests over keep-alive connections, each with one request under way; from a process of its own. */
async function load(url: string, key: string, seconds: number): Promise<Measured> {
  const before = process.cpuUsage()
  const rate = await new Promise<number>((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), ['load', url, key, String(seconds)])
    child.once('message', (value) => resolve(Number(value)))
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? undefined : reject(new Error(`The load ended with ${code}.`))))
  })
  const { user, system } = process.cpuUsage(before)
  return { rate, cpuMicros: (user + system) / (rate * seconds) }
}

function runLoad(url: string, key: string, seconds: number): void {
  const { hostname, port } = new URL(url)
  const request = `GET /v1/customers/${ID} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${key}\r\n\r\n`
  let answers = 0
  const startedAt = performance.now()
  const sockets = Array.from({ length: CONNECTIONS }, () => {
    const socket = connect(Number(port), hostname, () => socket.write(request))
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk
      if (!text.endsWith('}')) return
      if (!text.startsWith('HTTP/1.1 200')) throw new Error(text.slice(0, 300))
      text = ''
      answers++
      socket.write(request)
    })
    return socket
  })
  setTimeout(() => {
    process.send?.(answers / ((performance.now() - startedAt) / 1000))
    for (const socket of sockets) socket.destroy()
  }, seconds * 1000)
}

async function main(seconds: number): Promise<void> {
  const { id, secret, key } = mintKey()
  const bare = await bareServer()
  const shell = await shellServer(key, id, secret)
  const measured: { bare: Measured[]; shell: Measured[] } = { bare: [], shell: [] }
  await load(bare, key, 1)
  await load(shell, key, 1)
  // Turn by turn, so that what else the machine does falls on both.
  for (let turn = 0; turn < 3; turn++) {
    measured.bare.push(await load(bare, key, seconds))
    measured.shell.push(await load(shell, key, seconds))
  }
  const best = (runs: Measured[]): Measured => ({
    rate: Math.max(...runs.map((run) => run.rate)),
    cpuMicros: Math.min(...runs.map((run) => run.cpuMicros)),
  })
  const [bareBest, shellBest] = [best(measured.bare), best(measured.shell)]
  const show = ({ rate, cpuMicros }: Measured): string =>
    `${Math.round(rate)}/s (${cpuMicros.toFixed(1)} µs of CPU each)`
  console.log(
    `${cpus().length} x ${cpus()[0]?.model ?? 'cpu'}, ${CONNECTIONS} connections, one text of ${STORED.length} bytes`,
  )
  console.log(`bare Fastify ${show(bareBest)}, the hub's shell ${show(shellBest)}`)
  console.log(
    `ratio ${((shellBest.rate / bareBest.rate) * 100).toFixed(0)} % by rate, ${((bareBest.cpuMicros / shellBest.cpuMicros) * 100).toFixed(0)} % by CPU`,
  )
  process.exit(0)
}

const [mode, url = '', key = '', seconds = '3'] = process.argv.slice(2)
if (mode === 'load') runLoad(url, key, Number(seconds))
else await main(Number(mode ?? 3))
