/** A load of decisions over keep-alive connections, in a process of its own: `node load.js <url> <key> <seconds> <rule> <bodies file>`. */
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'

const CONNECTIONS = 32

const [url = '', key = '', seconds = '3', rule = '', bodiesFile = ''] = process.argv.slice(2)
const { hostname, port } = new URL(url)
/** One JSON text a line. */
const bodies = readFileSync(bodiesFile, 'utf8').trim().split('\n')
const endAt = performance.now() + Number(seconds) * 1000
const latencies: number[] = []
let sent = 0
let open = CONNECTIONS

function converse(socket: Socket): void {
  let text = ''
  let askedAt = 0
  const ask = (): void => {
    const body = bodies[(sent++ * 7919) % bodies.length] ?? '{}'
    askedAt = performance.now()
    socket.write(
      `POST /v1/decisions/${rule} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
  }
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk
    const head = text.indexOf('\r\n\r\n')
    const length = /content-length: (\d+)/i.exec(text)?.[1]
    if (head < 0 || length === undefined || text.length < head + 4 + Number(length)) return
    if (!text.startsWith('HTTP/1.1 200')) throw new Error(text.slice(0, 600))
    text = ''
    latencies.push(performance.now() - askedAt)
    if (performance.now() < endAt) {
      ask()
      return
    }
    socket.destroy()
    if (--open === 0) report()
  })
  socket.once('connect', ask)
}

function report(): void {
  latencies.sort((a, b) => a - b)
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? NaN
  console.log(JSON.stringify({ rate: latencies.length / Number(seconds), p50: at(0.5), p99: at(0.99) }))
}

for (let i = 0; i < CONNECTIONS; i++) converse(connect(Number(port), hostname))
