import { setTimeout as sleep } from 'node:timers/promises'
import type { BatchOptions, Bus, Consumer, Delivery, OutgoingMessage, Source } from '../../contracts/bus.ts'
import { HubError } from '../../contracts/hub-error.ts'

/** One bus as a hub process would open it, with a network of its own that can be broken. */
export interface OpenedBus {
  bus: Bus
  /** Resets the connections of this bus and refuses new ones until `restore`. */
  cut(): Promise<void>
  /** Resets the connections of this bus once. */
  reset(): void
  /** Leaves the connections open while nothing passes any more, until `restore`. */
  freeze(): void
  restore(): Promise<void>
}

/** What a form of the bus brings to its conformance test. Every scene is a broker or schema of its own. */
export interface BusForm {
  name: string
  newScene(): Promise<Scene>
}

export interface Scene {
  /** Opens a bus and starts it, unless told not to. Publishes give up after 1.5 s; a message has 2 MiB at most; there are 4 partitions. */
  open(options?: { start: boolean }): Promise<OpenedBus>
  /** Another process of the same hub, or the same bus where there is only one. */
  peerOf(opened: OpenedBus): Promise<OpenedBus>
  /** Ends all that was opened and removes what it left in the server. */
  dispose(): Promise<void>
}

export const SCENE = { partitions: 4, maxMessageBytes: 2 * 2 ** 20, publishTimeoutMs: 1_500 }

export const SMALL: BatchOptions = { batchMax: 10, lingerMs: 2 }

/** A text message for a partition, numbered so that order can be seen. */
export function numbered(partition: number, number: number): OutgoingMessage {
  return { to: { work: partition }, body: Buffer.from(`${partition}:${number}`) }
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at)
}

/** Waits until `holds`, and fails with `what` after `ms`. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const deadline = performance.now() + ms
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`)
    await sleep(5)
  }
}

/** Keeps what a consumer was given; `before` runs first and may fail or wait. */
export class Collector {
  readonly batches: (readonly Delivery[])[] = []
  running = 0
  mostAtOnce = 0
  private readonly before: (batch: readonly Delivery[]) => Promise<void> | void

  constructor(before: (batch: readonly Delivery[]) => Promise<void> | void = () => undefined) {
    this.before = before
  }

  readonly handler = async (batch: readonly Delivery[]): Promise<void> => {
    this.running++
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running)
    try {
      await this.before(batch)
      this.batches.push(batch)
    } finally {
      this.running--
    }
  }

  get all(): Delivery[] {
    return this.batches.flat()
  }

  get texts(): string[] {
    return this.all.map(({ body }) => body.toString())
  }

  async consume(bus: Bus, source: Source, options: BatchOptions = SMALL): Promise<Consumer> {
    return bus.consume(source, options, this.handler)
  }
}

/** What was delivered of one partition, as numbers in order of arrival. */
export function numbersOf(deliveries: readonly Delivery[], partition: number): number[] {
  return deliveries
    .map(({ body }) => body.toString().split(':'))
    .filter(([from]) => from === String(partition))
    .map(([, number]) => Number(number))
}

/** Leaves repeats out: at least once and in order means that what is left rises without gaps. */
export function firstArrivals(numbers: readonly number[]): number[] {
  return [...new Set(numbers)]
}

export async function failureOf(work: Promise<unknown>): Promise<HubError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof HubError)) throw new Error('expected a HubError', { cause: error })
  return error
}
