import type { Connector, ConnectorSpec, PushAnswer, PushRequest, PushResult } from '../../contracts/connector.ts'
import { asHubError, HubError } from '../../contracts/hub-error.ts'
import { changeOf } from './changes.ts'
import type { Accept } from './delivery.ts'
import { within } from './guard.ts'
import { currentSettings, openConnector, type OpenOptions } from './open-connector.ts'

export interface PushDoorOptions extends Omit<OpenOptions, 'hookUrl'> {
  hookUrl(): string
  accept: Accept
}

/** Settings are resolved anew after this time: a password in a file may have been renewed. */
const SETTINGS_MS_MAX = 5_000
/** A connector that can't be opened is not tried at every push. */
const BROKEN_MS = 1_000
const RECEIVE_MS_MAX = 60_000
const ACCEPT_MS_MAX = 30_000
const CLOSE_MS_MAX = 1_000
/** Pushes of one system that are read side by side; more wait for their turn, so that one system leaves room for others. */
const AT_ONCE_MAX = 4

interface Opened {
  connector: Connector
  settings: string
  end: AbortController
  inUse: number
}

/** Takes the pushes of one system in its own format, with a connector that is opened when the first one comes. */
export class PushDoor {
  readonly #options: PushDoorOptions
  #opening: Promise<Opened> | undefined
  #lookedAt = -Infinity
  #broken: { error: HubError; until: number } | undefined
  #running = 0
  readonly #waiting: (() => void)[] = []
  #closed = false

  constructor(options: PushDoorOptions) {
    this.#options = options
  }

  /** The answer once its records are durable, and how many there were. Throws what the caller is to be told. */
  async receive(request: PushRequest): Promise<{ answer: PushAnswer; records: number }> {
    await this.#turn()
    let opened: Opened | undefined
    try {
      opened = await this.#connector()
      opened.inUse++
      try {
        return await this.#receive(opened, request)
      } finally {
        opened.inUse--
        if (opened.end.signal.aborted) void this.#close(opened)
      }
    } catch (thrown) {
      throw inOwnFormat(this.#told(thrown), opened, request)
    } finally {
      this.#running--
      this.#waiting.shift()?.()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const opened = await this.#opening?.catch(() => undefined)
    this.#opening = undefined
    if (opened !== undefined) await this.#retire(opened)
  }

  async #turn(): Promise<void> {
    if (this.#running >= AT_ONCE_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#running++
  }

  async #receive({ connector, end }: Opened, request: PushRequest): Promise<{ answer: PushAnswer; records: number }> {
    const receive = async (): Promise<PushResult> => {
      if (connector.receive === undefined) throw unsupported()
      return connector.receive(request)
    }
    const result = await within(receive, RECEIVE_MS_MAX, new AbortController().signal)
    try {
      const { config, accept, now } = this.#options
      const entities = new Set(config.entities.map(({ entity }) => entity))
      const changes = result.records.map((record) => changeOf(config.name, record, entities, now()))
      // Given up after the time, it may still be accepted: the caller sends it again, and the same ids are one change.
      if (changes.length > 0) await within(() => accept(changes), ACCEPT_MS_MAX, new AbortController().signal)
    } catch (thrown) {
      const error = this.#told(thrown)
      const answer = end.signal.aborted ? undefined : result.refuse?.(error)
      throw answer === undefined ? error : new Refused(error, answer)
    }
    return { answer: result.answer, records: result.records.length }
  }

  /** Opened when it is first needed, anew when its settings have changed or could not be used. */
  async #connector(): Promise<Opened> {
    const { now } = this.#options
    if (this.#closed) throw unavailable('the hub is stopping')
    if (this.#broken !== undefined && now() < this.#broken.until) throw this.#broken.error
    if (this.#opening === undefined || now() - this.#lookedAt > SETTINGS_MS_MAX) {
      this.#lookedAt = now()
      this.#opening = this.#opened(this.#opening)
    }
    const opening = this.#opening
    try {
      const opened = await opening
      this.#broken = undefined
      return opened
    } catch (thrown) {
      const error = asHubError(thrown)
      if (this.#opening === opening) this.#opening = undefined
      this.#broken = { error, until: now() + BROKEN_MS }
      throw error
    }
  }

  async #opened(before: Promise<Opened> | undefined): Promise<Opened> {
    const known = await before?.catch(() => undefined)
    try {
      const options = { ...this.#options, hookUrl: this.#options.hookUrl() }
      const values = await currentSettings(options)
      const settings = JSON.stringify(values)
      if (known?.settings === settings) return known
      const end = new AbortController()
      const connector = await openConnector(options, values, end.signal)
      if (known !== undefined) void this.#retire(known)
      return { connector, settings, end, inUse: 0 }
    } catch (error) {
      if (known !== undefined) void this.#retire(known)
      throw error
    }
  }

  async #retire(opened: Opened): Promise<void> {
    opened.end.abort()
    if (opened.inUse === 0) await this.#close(opened)
  }

  async #close({ connector }: Opened): Promise<void> {
    await within(() => connector.close(), CLOSE_MS_MAX, new AbortController().signal).catch(() => undefined)
  }

  /** What the caller, of whom nobody knows who it is, may be told; what is the hub's own affair goes to the log. */
  #told(thrown: unknown): HubError {
    if (thrown instanceof HubError && thrown.status === 501) return thrown
    if (thrown instanceof Refused) return thrown
    const error = asHubError(thrown)
    const { log, config } = this.#options
    // Never the body: it has personal data.
    const facts = { error, system: config.name }
    if (error.code === 'connector.push.unauthorized') return unauthorized()
    if (error.family === 'reject') {
      log.debug(facts, 'A push was refused')
      return error
    }
    if (error.family === 'retry') {
      log.warn(facts, 'A push could not be taken now')
      return error.retryAfterMs === undefined ? later(error) : error
    }
    log.error(facts, 'A push could not be taken: a person must mend something')
    if (error.family === 'config') {
      void this.close().then(() => (this.#closed = false))
      return unavailable(error.message)
    }
    return error
  }
}

/** An error that the connector has put into the system's own format. */
export class Refused extends HubError {
  readonly answer: PushAnswer

  constructor(error: HubError, answer: PushAnswer) {
    super({ code: error.code, family: error.family, message: error.message, status: answer.status })
    this.answer = answer
  }
}

/** With an answer of the connector's making, where it makes one for what it did not take. */
function inOwnFormat(error: HubError, opened: Opened | undefined, request: PushRequest): HubError {
  if (error instanceof Refused || opened === undefined) return error
  const answer = opened.connector.refuse?.(error, request)
  return answer === undefined ? error : new Refused(error, answer)
}

export function unsupported(): HubError {
  return new HubError({
    code: 'hook.unsupported',
    family: 'reject',
    status: 501,
    message: 'This system has no format of its own in which it could push.',
    fix: 'Send its changes as CloudEvents to POST /v1/changes.',
  })
}

export function unavailable(internal: string): HubError {
  return new HubError({
    code: 'hook.unavailable',
    family: 'retry',
    message: 'The hub can not take pushes of this system at the moment.',
    fix: 'Push the same again later.',
    retryAfterMs: 30_000,
    internal,
  })
}

function unauthorized(): HubError {
  return new HubError({
    code: 'connector.push.unauthorized',
    family: 'reject',
    status: 401,
    message: 'The push is not authorized.',
  })
}

function later({ code, message, internal }: HubError): HubError {
  const more = internal === undefined ? {} : { internal }
  return new HubError({ code, family: 'retry', message, retryAfterMs: 5_000, ...more })
}

/** Whether the connector takes pushes at all. */
export function receives(spec: ConnectorSpec | undefined): spec is ConnectorSpec {
  return spec?.capabilities.receive === true
}
