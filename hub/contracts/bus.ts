/**
 * The bus carries work between hub processes and events to everybody. Two forms pass one conformance suite
 * (hub/bus/conformance.ts): RabbitMQ, for any number of processes, and the embedded one, for a single process.
 *
 * Three streams, all durable, all at least once:
 * - work: numbered partitions; a partition has one active consumer at any moment among all processes, and its messages
 *   arrive in the order in which they were published;
 * - intake: changes pushed by systems that speak AMQP (exchange `omnihub.intake`, routing key = system);
 * - events: CloudEvents for any consumer (topic exchange `omnihub.events`, routing key = type, `customer.updated`).
 */
export interface Bus {
  /** Connects and declares the topology; keeps reconnecting for as long as the bus lives. Rejects only on settings that can't work. */
  start(): Promise<void>
  /** Resolves when the bus has confirmed every message as durable; rejects with a `retry` HubError when it can't be known. */
  publish(messages: readonly OutgoingMessage[]): Promise<void>
  /**
   * Hands batches to `handler` until the consumer is closed. Resolved: the batch is acknowledged. Rejected: the whole
   * batch comes again after a pause that grows with each repeat; order within a partition is kept.
   * One consumer never runs its handler twice at the same time; several partitions may share a batch.
   */
  consume(
    source: Source,
    options: BatchOptions,
    handler: (batch: readonly Delivery[]) => Promise<void>,
  ): Promise<Consumer>
  /** What waits in the bus, for the operator's eyes: figures may be some seconds old. */
  depth(): Promise<BusDepth>
  /** Whether a publish would reach the bus now. */
  healthy(): boolean
  /** Ends consumers after their running batch, then the connection. */
  close(): Promise<void>
}

export type Destination = { work: number } | { event: string } | { intake: string }
export type Source = { work: readonly number[] } | { intake: true } | { events: string; group: string }

export interface OutgoingMessage {
  to: Destination
  body: Buffer
  /** Travels with the message as its AMQP message-id. */
  id?: string
  contentType?: string
}

export interface Delivery {
  body: Buffer
  id: string | undefined
  /** Work: the partition. Intake: the routing key, the name of the system. Events: the type. */
  from: { work: number } | { intake: string } | { event: string }
  redelivered: boolean
}

export interface BatchOptions {
  /** Messages in a batch at most. */
  batchMax: number
  /** How long to wait for a batch to fill, in ms. */
  lingerMs: number
}

export interface Consumer {
  close(): Promise<void>
}

export interface BusDepth {
  work: number
  intake: number
  /** Messages given up by the bus itself (a delivery limit reached); the operator sees them, nothing deletes them. */
  deadLettered: number
}
