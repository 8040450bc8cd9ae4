/** A load of requests over keep-alive connections, in a process of its own: `node load.js <url> <key> <seconds> <rate|0> <ids file> [soap]`. */
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'

export interface LoadResult {
  rate: number
  /** Milliseconds from when a request was due to the end of its answer. */
  p50: number
  p99: number
}

const CONNECTIONS = 32

const [url = '', key = '', seconds = '3', rate = '0', idsFile = '', form = 'rest'] = process.argv.slice(2)
const { hostname, port } = new URL(url)
const ids = readFileSync(idsFile, 'utf8').trim().split('\n')
const latencies: number[] = []
const idle: Client[] = []
const startedAt = performance.now()
const endAt = startedAt + Number(seconds) * 1000
const pace = Number(rate)
let sent = 0
let issued = 0

function restRequest(id: string): string {
  return `GET /v1/customers/${id} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${key}\r\n\r\n`
}

const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
const SECURITY = `<w:Security xmlns:w="${WSSE}"><w:UsernameToken><w:Username>admin</w:Username><w:Password>${key}</w:Password></w:UsernameToken></w:Security>`

function soapRequest(id: string): string {
  const body = `<GetCustomer xmlns="urn:omnihub:customers:1"><id>${id}</id></GetCustomer>`
  const message = `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header>${SECURITY}</e:Header><e:Body>${body}</e:Body></e:Envelope>`
  return `POST /soap/customers HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: text/xml\r\ncontent-length: ${message.length}\r\n\r\n${message}`
}

class Client {
  readonly #socket: Socket
  #text = ''
  #due = 0

  constructor() {
    this.#socket = connect(Number(port), hostname)
    this.#socket.setEncoding('latin1').on('data', (chunk: string) => {
      this.#receive(chunk)
    })
  }

  ask(due: number): void {
    this.#due = due
    const id = ids[(sent++ * 7919) % ids.length] ?? ''
    this.#socket.write(form === 'soap' ? soapRequest(id) : restRequest(id))
  }

  end(): void {
    this.#socket.destroy()
  }

  #receive(chunk: string): void {
    this.#text += chunk
    const head = this.#text.indexOf('\r\n\r\n')
    const length = /content-length: (\d+)/i.exec(this.#text)?.[1]
    if (head < 0 || length === undefined || this.#text.length < head + 4 + Number(length)) return
    if (!this.#text.startsWith('HTTP/1.1 200')) throw new Error(this.#text.slice(0, 300))
    this.#text = ''
    latencies.push(performance.now() - this.#due)
    next(this)
  }
}

function next(client: Client): void {
  if (performance.now() >= endAt) return
  if (pace === 0) client.ask(performance.now())
  else if (!askDue(client)) idle.push(client)
}

/** With a pace, requests are due at fixed moments; one that finds no free connection waits, and its wait counts. */
function askDue(client: Client): boolean {
  const dueAt = startedAt + (issued / pace) * 1000
  if (dueAt > performance.now()) return false
  issued++
  client.ask(dueAt)
  return true
}

const clients = Array.from({ length: CONNECTIONS }, () => new Client())
for (const client of clients) next(client)
const timer = setInterval(() => {
  while (pace > 0 && idle[0] !== undefined && askDue(idle[0])) idle.shift()
}, 1)

setTimeout(
  () => {
    clearInterval(timer)
    latencies.sort((a, b) => a - b)
    const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? NaN
    const result: LoadResult = { rate: latencies.length / Number(seconds), p50: at(0.5), p99: at(0.99) }
    process.stdout.write(JSON.stringify(result))
    for (const client of clients) client.end()
  },
  Number(seconds) * 1000 + 200,
)
