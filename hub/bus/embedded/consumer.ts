import type { BatchOptions, Delivery } from '../../contracts/bus.ts'
import type { PauseRange } from '../back-off.ts'
import { BatchRunner, type Held } from '../batch-runner.ts'
import type { Reporter } from '../report.ts'
import { Signal } from '../signal.ts'
import type { Session } from './session.ts'
import type { MessageStore, StoredMessage } from './store.ts'

export interface ConsumerSetup {
  name: string
  store: MessageStore
  /** The session to read with; undefined while the bus doesn't have the database to itself. */
  session: () => Session | undefined
  /** Those of its queues that no consumer before it has. */
  active: () => readonly string[]
  /** Positions up to which a queue's messages may have been given out before. */
  givenOut: Map<string, bigint>
  /** Everything at or below was there when the process started, so a process before may have given it out. */
  startedAt: () => bigint
  from: (message: StoredMessage) => Delivery['from']
  options: BatchOptions
  handler: (batch: readonly Delivery[]) => Promise<void>
  repeatPause: PauseRange
  report: Reporter
}

interface Ticket {
  queue: string
  position: bigint
}

/** Between attempts to read or delete while the database is away. */
const RETRY_MS = 200

/** Reads its queues in order of position, ahead of the handler by about one batch. The first wake() starts it. */
export class EmbeddedConsumer {
  private readonly setup: ConsumerSetup
  private readonly runner: BatchRunner<Ticket>
  private readonly signal = new Signal()
  private readonly reading: Promise<void>
  private cursors = new Map<string, bigint>()
  private behind = false
  private generation = 0
  private closing = false

  constructor(setup: ConsumerSetup) {
    this.setup = setup
    this.runner = new BatchRunner<Ticket>({
      name: setup.name,
      options: setup.options,
      handler: setup.handler,
      acknowledge: (batch) => this.acknowledge(batch),
      onRoom: () => this.signal.raise(),
      repeatPause: setup.repeatPause,
      report: setup.report,
    })
    this.reading = this.read()
  }

  /** There may be something new to read. */
  wake(): void {
    this.behind = true
    this.signal.raise()
  }

  /** Whose the queues are is in doubt (the lock was lost): everything is read again once that is settled. */
  forget(): void {
    this.generation++
    this.cursors = new Map()
    this.runner.forget()
    this.wake()
  }

  async close(): Promise<void> {
    this.closing = true
    this.signal.raise()
    await this.runner.close()
    await this.reading
  }

  private async read(): Promise<void> {
    while (!this.closing) {
      const session = this.setup.session()
      const room = this.setup.options.batchMax - this.runner.buffered
      if (!this.behind || room <= 0 || session === undefined) {
        await this.signal.wait()
        continue
      }
      try {
        await this.readOnce(session, room)
      } catch (error) {
        this.behind = true
        this.setup.report({ what: 'consumer-failed', where: this.setup.name, error })
        await this.signal.wait(RETRY_MS)
      }
    }
  }

  private async readOnce(session: Session, room: number): Promise<void> {
    const { generation } = this
    // Set before the statement: a wake that comes while it runs must not be forgotten.
    this.behind = false
    const queues = this.setup.active()
    if (queues.length === 0) return
    const after = new Map(queues.map((queue) => [queue, this.cursors.get(queue) ?? 0n]))
    const messages = await this.setup.store.read(session, after, room)
    if (generation !== this.generation || this.closing) return
    if (messages.length === room) this.behind = true
    this.runner.add(messages.map((message) => this.held(message)))
  }

  private held(message: StoredMessage): Held<Ticket> {
    const { queue, position } = message
    const { givenOut, startedAt, from } = this.setup
    const before = givenOut.get(queue) ?? 0n
    const redelivered = position <= before || position <= startedAt()
    if (position > before) givenOut.set(queue, position)
    this.cursors.set(queue, position)
    return {
      delivery: { body: message.body, id: message.id, from: from(message), redelivered },
      ticket: { queue, position },
    }
  }

  // The handler has done its work; only the database can be in the way, and it comes back. Given up when the consumer is
  // closed or the queues may have gone to another process: then the batch comes again.
  private async acknowledge(batch: readonly Held<Ticket>[]): Promise<void> {
    const { generation } = this
    const done = batch.map(({ ticket }) => ticket)
    for (let tries = 0; generation === this.generation && (tries === 0 || !this.closing); tries++) {
      const session = this.setup.session()
      try {
        if (session !== undefined) return await this.setup.store.remove(session, done)
      } catch (error) {
        this.setup.report({ what: 'consumer-failed', where: this.setup.name, error })
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}
