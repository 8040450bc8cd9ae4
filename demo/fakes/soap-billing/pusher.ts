import { createHash, randomBytes } from 'node:crypto'
import { SOAP_NAMESPACES, type SoapEnvelopeVersion } from '../../../connectors/shared/soap-envelope.ts'
import { PASSWORD_DIGEST, PASSWORD_TEXT, WSSE, WSU } from '../../../connectors/shared/username-token.ts'
import { xmlText } from '../../../connectors/shared/xml.ts'
import type { BillingStore, Change } from './store.ts'
import { tableNamed } from './store.ts'
import type { Field, Value } from './tables.ts'

const CHANGES = 'urn:omnihub:changes:1'
const BATCH_MAX = 100
const AGAIN_MS = 500

export interface PusherOptions {
  /** The hook's address. */
  url: string
  user: string
  password: string
  /** Names of the entity in the hub. */
  entityOf(change: Change): string
  passwordAs?: 'digest' | 'text'
  version?: SoapEnvelopeVersion
  now?: () => number
}

export interface PushMessage {
  headers: Record<string, string>
  body: string
}

/** Pushes every change to the hub by the hub's own WSDL, in order, and again until it is taken. */
export class BillingPusher {
  readonly #options: PusherOptions
  readonly #waiting: Change[] = []
  readonly #stopListening: () => void
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false
  /** Changes that the hub has answered for. */
  taken = 0

  constructor(store: BillingStore, options: PusherOptions) {
    this.#options = options
    this.#stopListening = store.onChange((change) => {
      this.#waiting.push(change)
      this.#start()
    })
  }

  get waiting(): number {
    return this.#waiting.length
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#stopListening()
    clearTimeout(this.#timer)
    await this.#running
  }

  #start(): void {
    if (this.#running || this.#timer || this.#closed) return
    this.#running = this.#run().finally(() => {
      this.#running = undefined
      if (this.#waiting.length === 0 || this.#closed) return
      this.#timer = setTimeout(() => {
        this.#timer = undefined
        this.#start()
      }, AGAIN_MS)
    })
  }

  /** Ends when all is taken, or with the first push that was not. */
  async #run(): Promise<void> {
    // Those of one moment go together.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0 && !this.#closed) {
      const batch = this.#waiting.slice(0, BATCH_MAX)
      const { headers, body } = pushMessage(batch, this.#options)
      try {
        const response = await fetch(this.#options.url, {
          method: 'POST',
          headers,
          body,
          signal: AbortSignal.timeout(30_000),
        })
        await response.arrayBuffer()
        if (response.status !== 200) return
      } catch {
        return
      }
      this.#waiting.splice(0, batch.length)
      this.taken += batch.length
    }
  }
}

/** A PushChanges request, with a UsernameToken of its own. */
export function pushMessage(changes: readonly Change[], options: Omit<PusherOptions, 'url'>): PushMessage {
  const { version = '1.1', now = Date.now } = options
  const action = `${CHANGES}/PushChanges`
  const header = securityHeader(options, new Date(now()).toISOString())
  const inner = changes.map((change) => changeXml(change, options.entityOf(change))).join('')
  const body =
    `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${SOAP_NAMESPACES[version]}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
    `<soap:Header>${header}</soap:Header><soap:Body><PushChanges xmlns="${CHANGES}">${inner}</PushChanges></soap:Body></soap:Envelope>`
  const headers: Record<string, string> =
    version === '1.1'
      ? { 'content-type': 'text/xml; charset=utf-8', soapaction: `"${action}"` }
      : { 'content-type': `application/soap+xml; charset=utf-8; action="${action}"` }
  return { headers, body }
}

function securityHeader(
  { user, password, passwordAs = 'digest' }: Omit<PusherOptions, 'url'>,
  created: string,
): string {
  const nonce = randomBytes(16)
  const digest = createHash('sha1').update(nonce).update(created).update(password).digest('base64')
  const isDigest = passwordAs === 'digest'
  return (
    `<wsse:Security xmlns:wsse="${WSSE}" xmlns:wsu="${WSU}" soap:mustUnderstand="1"><wsse:UsernameToken>` +
    `<wsse:Username>${xmlText(user)}</wsse:Username>` +
    `<wsse:Password Type="${isDigest ? PASSWORD_DIGEST : PASSWORD_TEXT}">${isDigest ? digest : xmlText(password)}</wsse:Password>` +
    `<wsse:Nonce>${nonce.toString('base64')}</wsse:Nonce><wsu:Created>${created}</wsu:Created>` +
    `</wsse:UsernameToken></wsse:Security>`
  )
}

function changeXml(change: Change, entity: string): string {
  const { key, kind, version, changedAt, row } = change
  const types = new Map(tableNamed(change.table).fields.map((field) => [field.name, field.type]))
  const own: Record<string, Value> = { changed_at: new Date(changedAt).toISOString(), version }
  const fields = Object.entries({ ...row, ...own }).map(([name, value]) => fieldXml(name, value, types.get(name)))
  return (
    `<change><entity>${xmlText(entity)}</entity><key>${xmlText(key)}</key><kind>${kind}</kind><sequence>${version}</sequence>` +
    `<time>${new Date(changedAt).toISOString()}</time>${row === null ? '' : `<fields>${fields.join('')}</fields>`}</change>`
  )
}

function fieldXml(name: string, value: Value, type: Field['type'] = 'string'): string {
  const declared = type === 'short' ? 'int' : type === 'lines' ? 'json' : type
  const text = value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
  const content = value === null ? '<value xsi:nil="true"/>' : `<value>${xmlText(text)}</value>`
  return `<field><name>${xmlText(name)}</name>${declared === 'string' ? '' : `<type>${declared}</type>`}${content}</field>`
}
