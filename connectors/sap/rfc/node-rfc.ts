import type { ConnectorContext } from '../../../hub/contracts/connector.ts'
import { settingsError, stoppedError, unreachableError } from '../../shared/errors.ts'
import type { RfcSettings, SapSettings } from '../settings.ts'
import { rfcError } from './errors.ts'
import type { RfcConnection, RfcPort, RfcStructure } from './port.ts'

/** What of node-rfc is used: https://github.com/SAP/node-rfc, doc/api.md. */
interface NodeRfcClient {
  open(): Promise<unknown>
  call(name: string, parameters: object, options?: object): Promise<object>
  close(): Promise<unknown>
}
type NodeRfc = { Client: new (parameters: object) => NodeRfcClient }

/**
 * RFC by node-rfc, which needs SAP's own NetWeaver RFC SDK and so is an optional dependency: it is loaded only when a BAPI is
 * called for the first time. Each unit of work has a connection of its own, closed at its end.
 */
export class NodeRfcPort implements RfcPort {
  readonly #settings: RfcSettings | undefined
  readonly #timeoutMs: number
  readonly #context: ConnectorContext
  readonly #load: () => Promise<unknown>

  /** @param load imports node-rfc; handed in for tests */
  constructor(settings: SapSettings, context: ConnectorContext, load: () => Promise<unknown> = loadNodeRfc) {
    this.#settings = settings.rfc
    this.#timeoutMs = settings.timeoutMs
    this.#context = context
    this.#load = load
  }

  async withConnection<Result>(work: (connection: RfcConnection) => Promise<Result>): Promise<Result> {
    const client = await this.#connect()
    try {
      return await work({ call: (name, parameters) => this.#call(client, name, parameters) })
    } finally {
      // What is not committed by now is rolled back with the end of the session.
      await client.close().catch(() => undefined)
    }
  }

  async ping(): Promise<string> {
    const { RFCSI_EXPORT: info } = await this.withConnection(({ call }) => call('RFC_SYSTEM_INFO', {}))
    const release = info !== undefined && typeof info === 'object' && 'RFCSAPRL' in info ? String(info.RFCSAPRL) : 'RFC'
    return `SAP ${release.trim()}`
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  async #connect(): Promise<NodeRfcClient> {
    if (this.#settings === undefined) {
      throw settingsError('The setting "rfcAshost" is missing; BAPIs need it.', { where: '/settings/rfcAshost' })
    }
    const { Client } = await this.#module()
    const client = new Client({ ...this.#settings })
    try {
      await this.#timed(client.open())
      return client
    } catch (error) {
      await client.close().catch(() => undefined)
      throw error
    }
  }

  async #module(): Promise<NodeRfc> {
    try {
      const loaded = (await this.#load()) as NodeRfc & { default?: NodeRfc }
      return loaded.default ?? loaded
    } catch (error) {
      throw settingsError(
        'BAPIs need the package node-rfc and the SAP NetWeaver RFC SDK, which are not installed here.',
        {
          where: '/settings/rfcAshost',
          fix: 'Install the SAP NW RFC SDK 7.50 from the SAP Software Center, set SAPNWRFC_HOME, then npm install node-rfc. OData and IDocs work without.',
          internal: (error as NodeJS.ErrnoException).code ?? 'node-rfc',
        },
      )
    }
  }

  async #call(client: NodeRfcClient, name: string, parameters: RfcStructure): Promise<RfcStructure> {
    await this.#context.call()
    return (await this.#timed(client.call(name, parameters))) as RfcStructure
  }

  /** The library waits for ever on a peer that hangs, and knows no abort. */
  async #timed<Result>(work: Promise<Result>): Promise<Result> {
    const { signal } = this.#context
    if (signal.aborted) throw stoppedError()
    let stop: () => void = () => undefined
    const ended = new Promise<never>((_resolve, reject) => {
      const timer = setTimeout(
        () => reject(unreachableError(`SAP did not answer within ${this.#timeoutMs} ms.`)),
        this.#timeoutMs,
      )
      const abort = (): void => reject(stoppedError())
      signal.addEventListener('abort', abort, { once: true })
      stop = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
      }
    })
    try {
      return await Promise.race([work, ended])
    } catch (error) {
      throw rfcError(error)
    } finally {
      stop()
    }
  }
}

function loadNodeRfc(): Promise<unknown> {
  // As a value, so that a build without the package does not try to resolve it.
  const name = 'node-rfc'
  return import(name)
}
