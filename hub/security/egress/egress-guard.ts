import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import { BlockList, isIP, isIPv4, type LookupFunction } from 'node:net'
import { HubError } from '../../contracts/hub-error.ts'
import { isLoopback, notPublic } from './ip-address.ts'

export interface EgressOptions {
  /** What may be called though it is private: names (`hooks.example.internal`), addresses, networks (`10.1.0.0/16`). */
  allow: readonly string[]
  /** Whether the machine itself may be called, also by http: for tests and the demo. */
  loopback: boolean
  /** How names are resolved; the system's resolver unless a test says otherwise. */
  resolve?: Resolve
}

export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>

/**
 * Keeps callers from making the hub call what they could not reach themselves (server-side request forgery): other
 * machines of its network, the machine itself, the metadata service of a cloud. What counts is the address that is
 * dialled, so it is looked at for each connection: a name may be resolved to something else a moment later.
 */
export class EgressGuard {
  readonly #options: EgressOptions
  readonly #names: ReadonlySet<string>
  readonly #networks = new BlockList()
  readonly #resolve: Resolve

  /** Throws `settings.invalid` for an entry that is no name, address or network. */
  constructor(options: EgressOptions) {
    this.#options = options
    this.#resolve = options.resolve ?? resolveBySystem
    const names: string[] = []
    for (const entry of options.allow) if (!this.#addNetwork(entry)) names.push(nameIn(entry))
    this.#names = new Set(names)
  }

  /** The URL, checked with all addresses of its host now; throws `egress.*` with `where`. */
  async check(text: string, where: string): Promise<URL> {
    const url = this.parse(text, where)
    const host = hostOf(url)
    if (isIP(host) !== 0) return url
    let addresses: readonly LookupAddress[]
    try {
      addresses = await this.#resolve(host)
    } catch {
      throw refusal('egress.unresolved', 'The name of the host can not be resolved.', where)
    }
    this.#checkAll(host, addresses, where)
    return url
  }

  /** A host by name or address, whatever is spoken with it; throws `egress.*` with `where`. */
  async checkHost(host: string, where: string): Promise<void> {
    const addresses =
      isIP(host) === 0 ? await this.#resolve(host).catch(() => []) : [{ address: host, family: isIP(host) }]
    this.#checkAll(host, addresses, where)
  }

  /** What can be said of the URL without resolving its name. */
  parse(text: string, where: string): URL {
    if (!URL.canParse(text)) throw refusal('egress.url.invalid', 'This is no absolute URL.', where)
    const url = new URL(text)
    if (url.username !== '' || url.password !== '')
      throw refusal('egress.url.invalid', 'A URL with a user name or a password in it is not taken.', where)
    if (url.hash !== '') throw refusal('egress.url.invalid', 'A URL with a fragment (`#...`) is not taken.', where)
    const host = hostOf(url)
    const isAddress = isIP(host) !== 0
    const mayBeHttp = this.#options.loopback && (isAddress ? isLoopback(host) : host === 'localhost')
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBeHttp))
      throw refusal('egress.url.not-https', 'Only https:// URLs are called.', where)
    if (isAddress) this.#checkAll(host, [{ address: host, family: isIP(host) }], where)
    return url
  }

  /** Resolves names for a socket, and fails where an address may not be called: what it answers is what is dialled. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.#resolve(hostname).then(
      (addresses) => {
        try {
          this.#checkAll(hostname, addresses, '')
        } catch (error) {
          callback(error as Error, '', 0)
          return
        }
        const wanted = options.family === 4 || options.family === 6 ? options.family : undefined
        const usable = addresses.filter(({ family }) => wanted === undefined || family === wanted)
        const [first] = usable
        if (options.all === true) callback(null, [...usable])
        else if (first === undefined) callback(unresolved(hostname), '', 0)
        else callback(null, first.address, first.family)
      },
      (error: unknown) => {
        callback(error as NodeJS.ErrnoException, '', 0)
      },
    )
  }

  /** One address that may not be called is enough: which of several is dialled is chance. */
  #checkAll(host: string, addresses: readonly LookupAddress[], where: string): void {
    if (addresses.length === 0) throw refusal('egress.unresolved', 'The name of the host can not be resolved.', where)
    if (this.#names.has(host.toLowerCase())) return
    for (const { address } of addresses) {
      if (notPublic(address) === undefined || this.#isAllowed(address)) continue
      // The kind of address is not told: it would make the hub a scanner of its own network.
      throw refusal('egress.forbidden', 'The host is not on the public internet.', where)
    }
  }

  #isAllowed(address: string): boolean {
    if (this.#options.loopback && isLoopback(address)) return true
    return this.#networks.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
  }

  #addNetwork(entry: string): boolean {
    const [address = '', bits, ...rest] = entry.split('/')
    const family = isIP(address)
    if (family === 0 || rest.length > 0) return false
    const longest = family === 4 ? 32 : 128
    const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN
    if (!(prefix <= longest)) throw wrongEntry(entry)
    this.#networks.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6')
    return true
  }
}

/** Entries of a setting, separated by commas. */
export function allowEntries(setting: string | undefined): string[] {
  return (setting ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

const NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/

function nameIn(entry: string): string {
  const name = entry.toLowerCase()
  if (!NAME.test(name)) throw wrongEntry(entry)
  return name
}

function wrongEntry(entry: string): HubError {
  return new HubError({
    code: 'settings.invalid',
    family: 'config',
    message: `OMNIHUB_EGRESS_ALLOW has an entry that is no name, address or network: ${JSON.stringify(entry.slice(0, 80))}.`,
    fix: 'Write names, addresses and networks, separated by commas: `hooks.example.internal, 10.1.0.0/16`.',
  })
}

/** The host as DNS and sockets take it: IPv6 without brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

function refusal(code: string, message: string, where: string): HubError {
  const fix =
    'Give an https:// URL of a host on the public internet; an operator may allow others with OMNIHUB_EGRESS_ALLOW.'
  return new HubError({ code, family: 'reject', message, fix, ...(where === '' ? {} : { where }) })
}

function unresolved(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND', hostname })
}

function resolveBySystem(hostname: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, addresses) => {
      if (error === null) resolve(addresses)
      else reject(error)
    })
  })
}
