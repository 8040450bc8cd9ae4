/** The part of faye (https://faye.jcoglan.com) that the fake stands on; the package has no types of its own. */
import { createRequire } from 'node:module'
import type { IncomingMessage, ServerResponse } from 'node:http'

export interface BayeuxMessage {
  channel: string
  id?: string
  clientId?: string
  subscription?: string | string[]
  successful?: boolean
  error?: string
  data?: unknown
  advice?: { reconnect?: string; interval?: number; timeout?: number }
  ext?: Record<string, unknown>
}

export interface BayeuxExtension {
  incoming(message: BayeuxMessage, request: IncomingMessage, callback: (message: BayeuxMessage) => void): void
  outgoing(message: BayeuxMessage, request: IncomingMessage, callback: (message: BayeuxMessage) => void): void
}

/** What faye offers to an engine. */
export interface EngineHost {
  timeout: number
  generateId(): string
  hasConnection(clientId: string): boolean
  deliver(clientId: string, messages: BayeuxMessage[]): boolean
  trigger(event: string, ...facts: unknown[]): void
}

/** What faye asks of an engine. */
export interface Engine {
  disconnect(): void
  createClient(callback: (clientId: string) => void, context: unknown): void
  destroyClient(clientId: string, callback?: () => void, context?: unknown): void
  clientExists(clientId: string, callback: (exists: boolean) => void, context: unknown): void
  ping(clientId: string): void
  subscribe(clientId: string, channel: string, callback?: (ok: boolean) => void, context?: unknown): void
  unsubscribe(clientId: string, channel: string, callback?: (ok: boolean) => void, context?: unknown): void
  publish(message: BayeuxMessage, channels: string[]): void
  emptyQueue(clientId: string): void
}

export interface BayeuxAdapter {
  addExtension(extension: BayeuxExtension): void
  handle(request: IncomingMessage, response: ServerResponse): void
  close(): void
}

interface AdapterOptions {
  mount: string
  timeout: number
  engine: { type: { create(host: EngineHost): Engine } }
}

const faye = createRequire(import.meta.url)('faye') as { NodeAdapter: new (options: AdapterOptions) => BayeuxAdapter }

export const makeAdapter = (options: AdapterOptions): BayeuxAdapter => new faye.NodeAdapter(options)
