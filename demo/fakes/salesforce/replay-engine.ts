import type { BayeuxMessage, Engine, EngineHost } from './faye.ts'

interface Client {
  channels: Set<string>
  queue: BayeuxMessage[]
  seenAt: number
}

/** An engine for faye that keeps its clients in memory, and can hand one of them messages of its own: those of a replay. */
export class ReplayEngine implements Engine {
  readonly #host: EngineHost
  readonly #clients = new Map<string, Client>()

  constructor(host: EngineHost) {
    this.#host = host
  }

  disconnect(): void {
    this.#clients.clear()
  }

  /** As after a restart of the server: nobody is known any more. */
  forgetClients(): void {
    for (const clientId of [...this.#clients.keys()]) this.destroyClient(clientId)
  }

  createClient(callback: (clientId: string) => void, context: unknown): void {
    this.#sweep()
    const clientId = this.#host.generateId()
    this.#clients.set(clientId, { channels: new Set(), queue: [], seenAt: Date.now() })
    callback.call(context, clientId)
  }

  destroyClient(clientId: string, callback?: () => void, context?: unknown): void {
    if (this.#clients.delete(clientId)) this.#host.trigger('close', clientId)
    callback?.call(context)
  }

  clientExists(clientId: string, callback: (exists: boolean) => void, context: unknown): void {
    callback.call(context, this.#clients.has(clientId))
  }

  ping(clientId: string): void {
    const client = this.#clients.get(clientId)
    if (client) client.seenAt = Date.now()
  }

  subscribe(clientId: string, channel: string, callback?: (ok: boolean) => void, context?: unknown): void {
    this.#clients.get(clientId)?.channels.add(channel)
    callback?.call(context, true)
  }

  unsubscribe(clientId: string, channel: string, callback?: (ok: boolean) => void, context?: unknown): void {
    this.#clients.get(clientId)?.channels.delete(channel)
    callback?.call(context, true)
  }

  publish(message: BayeuxMessage, channels: string[]): void {
    for (const [clientId, client] of this.#clients) {
      const channel = channels.find((each) => client.channels.has(each))
      if (channel !== undefined) this.sendTo(clientId, [{ ...message, channel }])
    }
  }

  sendTo(clientId: string, messages: readonly BayeuxMessage[]): void {
    const client = this.#clients.get(clientId)
    if (client === undefined) return
    client.queue.push(...messages.map((message) => ({ ...message })))
    this.emptyQueue(clientId)
  }

  emptyQueue(clientId: string): void {
    const client = this.#clients.get(clientId)
    if (client === undefined || client.queue.length === 0 || !this.#host.hasConnection(clientId)) return
    this.#host.deliver(clientId, client.queue)
    client.queue = []
  }

  /** Clients that have not asked for twice the time-out are gone. */
  #sweep(): void {
    const oldest = Date.now() - 2000 * this.#host.timeout
    for (const [clientId, { seenAt }] of this.#clients) if (seenAt < oldest) this.destroyClient(clientId)
  }
}
