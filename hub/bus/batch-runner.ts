import type { BatchOptions, Delivery } from '../contracts/bus.ts'
import { backOffMs, type PauseRange } from './back-off.ts'
import type { Reporter } from './report.ts'
import { Signal } from './signal.ts'

/** A delivery together with what its bus needs to acknowledge it. */
export interface Held<Ticket> {
  delivery: Delivery
  ticket: Ticket
}

export interface BatchRunnerSetup<Ticket> {
  /** Names the consumer in reports. */
  name: string
  options: BatchOptions
  handler: (batch: readonly Delivery[]) => Promise<void>
  /** Called with what the handler has done, in order; must not reject. */
  acknowledge: (batch: readonly Held<Ticket>[]) => Promise<void>
  /** Called when the buffer has room for more. */
  onRoom?: () => void
  repeatPause: PauseRange
  report: Reporter
}

/**
 * Makes batches of what a consumer has received and runs the handler over them, one batch at a time, in order of arrival.
 *
 * A batch whose handler failed stays here, unacknowledged, and is run again as it is after a growing pause. It is never given
 * back to the broker: giving back counts as a delivery (a long outage would reach the delivery limit and dead-letter good
 * messages), and messages given back in part come again in another order.
 */
export class BatchRunner<Ticket> {
  private readonly setup: BatchRunnerSetup<Ticket>
  private readonly signal = new Signal()
  private buffer: Held<Ticket>[] = []
  private arrivals: { at: number; count: number }[] = []
  private running = 0
  // Deliveries of a lost connection belong to an older generation: the broker brings them again, their acks mean nothing.
  private generation = 0
  private closing = false
  private readonly ended: Promise<void>

  constructor(setup: BatchRunnerSetup<Ticket>) {
    this.setup = setup
    this.ended = this.run()
  }

  /** Messages received and not yet acknowledged. */
  get held(): number {
    return this.buffer.length + this.running
  }

  /** Messages that wait for their first run. */
  get buffered(): number {
    return this.buffer.length
  }

  add(messages: Held<Ticket>[]): void {
    if (this.closing || messages.length === 0) return
    for (const message of messages) this.buffer.push(message)
    const now = performance.now()
    const last = this.arrivals.at(-1)
    // Messages of one millisecond share an entry: a broker hands them over one by one, thousands in a row.
    if (last !== undefined && now - last.at < 1) last.count += messages.length
    else this.arrivals.push({ at: now, count: messages.length })
    this.signal.raise()
  }

  /** Forgets everything that was received and not acknowledged, because the bus will bring it again. */
  forget(): void {
    this.generation++
    this.buffer = []
    this.arrivals = []
    this.signal.raise()
  }

  /** Resolves when the running batch has ended; what waits is left to the bus. */
  async close(): Promise<void> {
    this.closing = true
    this.signal.raise()
    await this.ended
  }

  private async run(): Promise<void> {
    while (await this.batchIsDue()) {
      const batch = this.take()
      this.setup.onRoom?.()
      this.running = batch.length
      await this.handle(batch)
      this.running = 0
    }
  }

  private async batchIsDue(): Promise<boolean> {
    const { batchMax, lingerMs } = this.setup.options
    while (!this.closing) {
      const oldest = this.arrivals[0]
      if (oldest === undefined) {
        await this.signal.wait()
        continue
      }
      const left = oldest.at + lingerMs - performance.now()
      if (this.buffer.length >= batchMax || left <= 0) return true
      await this.signal.wait(left)
    }
    return false
  }

  private take(): Held<Ticket>[] {
    const batch = this.buffer.splice(0, this.setup.options.batchMax)
    for (let left = batch.length; left > 0;) {
      const oldest = this.arrivals[0]
      if (oldest === undefined) break
      const taken = Math.min(left, oldest.count)
      oldest.count -= taken
      left -= taken
      if (oldest.count === 0) this.arrivals.shift()
    }
    return batch
  }

  private async handle(batch: Held<Ticket>[]): Promise<void> {
    const generation = this.generation
    let deliveries = batch.map((held) => held.delivery)
    for (let repeat = 0; ; repeat++) {
      try {
        await this.setup.handler(deliveries)
        if (generation === this.generation) await this.setup.acknowledge(batch)
        return
      } catch (error) {
        this.setup.report({ what: 'handler-failed', where: this.setup.name, attempt: repeat + 1, error })
      }
      const until = performance.now() + backOffMs(this.setup.repeatPause, repeat)
      while (!this.closing && generation === this.generation && performance.now() < until) {
        await this.signal.wait(until - performance.now())
      }
      if (this.closing || generation !== this.generation) return
      deliveries = deliveries.map((delivery) => ({ ...delivery, redelivered: true }))
    }
  }
}
