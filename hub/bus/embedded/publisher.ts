import pg from 'pg'
import type { OutgoingMessage } from '../../contracts/bus.ts'
import { busBusy, busClosed, busUnavailable, publishUnknown } from '../errors.ts'
import type { LinkListener } from '../link.ts'
import { Signal } from '../signal.ts'
import { topicMatcher } from '../topic.ts'
import type { Session, SessionLink } from './session.ts'
import { groupQueue, INTAKE_QUEUE, type MessageStore, type NewMessage, type Subscription, workQueue } from './store.ts'

export interface PublisherSetup {
  link: SessionLink
  store: MessageStore
  timeoutMs: number
  /** Told after each commit which queues have got messages. */
  wake: (queues: ReadonlySet<string>) => void
}

interface Publish {
  messages: readonly OutgoingMessage[]
  bytes: number
  writing: boolean
  settle: ((error?: Error) => void) | undefined
}

const CHUNK_MESSAGES = 2_000
const CHUNK_BYTES = 16 * 2 ** 20
const WAITING_MAX = 50_000

/**
 * The only writer of the bus: publishes wait in line, and each commit takes as many along as have come meanwhile. One commit
 * after the other keeps the order; concurrent transactions would commit in any order, whatever their positions.
 */
export class EmbeddedPublisher implements LinkListener<Session> {
  private readonly setup: PublisherSetup
  private readonly signal = new Signal()
  private readonly running: Promise<void>
  private session: Session | undefined
  private waiting: Publish[] = []
  private waitingMessages = 0
  private position = 0n
  private routes: { group: string; pattern: string; matches: (type: string) => boolean }[] = []
  private closing = false

  constructor(setup: PublisherSetup) {
    this.setup = setup
    this.running = this.run()
    setup.link.listen(this)
  }

  publish(messages: readonly OutgoingMessage[]): Promise<void> {
    if (this.closing) return Promise.reject(busClosed())
    if (messages.length === 0) return Promise.resolve()
    if (this.waitingMessages >= WAITING_MAX)
      return Promise.reject(busBusy(`${WAITING_MAX} messages wait for the database`))
    return new Promise((resolve, reject) => {
      const bytes = messages.reduce((sum, { body }) => sum + body.length, 0)
      const publish: Publish = { messages, bytes, writing: false, settle: undefined }
      const waited = `not committed within ${this.setup.timeoutMs} ms`
      const timer = setTimeout(() => {
        publish.settle?.(publish.writing ? publishUnknown(waited) : busUnavailable(waited))
      }, this.setup.timeoutMs)
      publish.settle = (error) => {
        clearTimeout(timer)
        publish.settle = undefined
        if (error === undefined) resolve()
        else reject(error)
      }
      this.waiting.push(publish)
      this.waitingMessages += messages.length
      this.signal.raise()
    })
  }

  /** From now on `subscription` gets its events. Goes through the same session, hence between two commits. */
  async subscribe(session: Session, subscription: Subscription): Promise<void> {
    await this.setup.store.subscribe(session, subscription)
    this.addRoute(subscription)
  }

  /** What the database knows must be told before the session is used: `up` comes after. */
  resume(lastPosition: bigint, subscriptions: readonly Subscription[]): void {
    if (lastPosition > this.position) this.position = lastPosition
    subscriptions.forEach((subscription) => this.addRoute(subscription))
  }

  up(session: Session): void {
    this.session = session
    this.signal.raise()
  }

  down(): void {
    this.session = undefined
  }

  /** Refuses new publishes and waits for those under way, each for at most its own time. */
  async close(): Promise<void> {
    this.closing = true
    this.signal.raise()
    await this.running
  }

  private addRoute({ group, pattern }: Subscription): void {
    if (this.routes.some((route) => route.group === group && route.pattern === pattern)) return
    this.routes.push({ group, pattern, matches: topicMatcher(pattern) })
  }

  private async run(): Promise<void> {
    for (;;) {
      const { session } = this
      if (this.waiting.length > 0 && session !== undefined) {
        const chunk = this.take()
        if (chunk.length > 0) await this.write(session, chunk)
      } else if (this.waiting.some(({ settle }) => settle !== undefined)) {
        await this.signal.wait(100)
      } else {
        this.waiting = []
        this.waitingMessages = 0
        if (this.closing) return
        await this.signal.wait()
      }
    }
  }

  private take(): Publish[] {
    let messages = 0
    let bytes = 0
    let count = 0
    for (const publish of this.waiting) {
      messages += publish.messages.length
      bytes += publish.bytes
      if (count > 0 && (messages > CHUNK_MESSAGES || bytes > CHUNK_BYTES)) break
      count++
    }
    const taken = this.waiting.splice(0, count)
    for (const publish of taken) this.waitingMessages -= publish.messages.length
    return taken.filter(({ settle }) => settle !== undefined)
  }

  private async write(session: Session, chunk: Publish[]): Promise<void> {
    const rows = chunk.flatMap(({ messages }) => messages.flatMap((message) => this.addressed(message)))
    for (const publish of chunk) publish.writing = true
    try {
      if (rows.length > 0) await this.setup.store.insert(session, rows)
    } catch (error) {
      const told = failure(error)
      for (const publish of chunk) publish.settle?.(told)
      // Somebody may have dropped the schema: a new session makes it again.
      this.setup.link.recycle(error)
      this.session = undefined
      return
    }
    for (const publish of chunk) publish.settle?.()
    this.setup.wake(new Set(rows.map(({ queue }) => queue)))
  }

  private addressed({ to, body, id, contentType }: OutgoingMessage): NewMessage[] {
    const row = (queue: string, key?: string): NewMessage => {
      this.position += 1n
      return { queue, position: this.position, key, id, contentType, body }
    }
    if ('work' in to) return [row(workQueue(to.work))]
    if ('intake' in to) return [row(INTAKE_QUEUE, to.intake)]
    const groups = new Set(this.routes.filter(({ matches }) => matches(to.event)).map(({ group }) => group))
    return [...groups].map((group) => row(groupQueue(group), to.event))
  }
}

// An answer of the server says that nothing was stored; without one nobody knows.
function failure(error: unknown): Error {
  const text = error instanceof Error ? error.message : String(error)
  if (error instanceof pg.DatabaseError && error.severity === 'ERROR')
    return busUnavailable(`insert: ${error.code ?? ''} ${text}`, error)
  return publishUnknown(`insert: ${text}`, error)
}
