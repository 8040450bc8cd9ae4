import type { Bus, Consumer, Delivery } from '../contracts/bus.ts'
import type { Change } from '../contracts/change.ts'
import { asHubError, type HubError } from '../contracts/hub-error.ts'
import type { Acceptor } from './accept.ts'

export interface AmqpIntakeOptions {
  bus: Bus
  acceptor: Acceptor
  /** Reads the message as CloudEvents JSON of that system; throws a `reject` HubError for what is none. */
  parse(body: Buffer, system: string): Change[]
  /** Keeps what can't be a change, with the reason, in the ledger. */
  reject(delivery: Delivery, system: string, error: HubError): Promise<void>
}

const MESSAGES_PER_BATCH_MAX = 500
const LINGER_MS = 5

/**
 * Changes of systems that speak AMQP: exchange `omnihub.intake`, routing key = the system. A publisher gets no answer
 * but the broker's confirm, so what is wrong with a message is kept where the operator sees it, and nothing is dropped.
 */
export class AmqpIntake {
  readonly #options: AmqpIntakeOptions
  #consumer: Consumer | undefined

  constructor(options: AmqpIntakeOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    const batch = { batchMax: MESSAGES_PER_BATCH_MAX, lingerMs: LINGER_MS }
    this.#consumer = await this.#options.bus.consume({ intake: true }, batch, (deliveries) => this.#take(deliveries))
  }

  async stop(): Promise<void> {
    await this.#consumer?.close()
  }

  async #take(deliveries: readonly Delivery[]): Promise<void> {
    const { acceptor, parse, reject } = this.#options
    const changes: Change[] = []
    for (const delivery of deliveries) {
      const system = 'intake' in delivery.from ? delivery.from.intake : ''
      try {
        changes.push(...parse(delivery.body, system))
      } catch (error) {
        const known = asHubError(error)
        if (known.family === 'retry') throw known
        await reject(delivery, system, known)
      }
    }
    await acceptor.accept(changes)
  }
}
