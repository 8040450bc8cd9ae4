/** What tests of webhook subscriptions do over and over: receivers, subscriptions and people that go away after each test. */
import type { JsonObject } from '../../hub/contracts/json.ts'
import { changeEvent, type RunningApi } from './api.ts'
import { type Received, type WebhookReceiver, webhookReceiver } from './webhook-receiver.ts'

export interface MadeSubscription {
  id: string
  secret: string
}

/** `hub` is asked when it is needed: it starts after the tools are made. */
export class SubscriptionTools {
  readonly #hub: () => RunningApi
  readonly #endings: (() => Promise<unknown>)[] = []
  #people = 0

  constructor(hub: () => RunningApi) {
    this.#hub = hub
  }

  /** Does this after the test. */
  later(end: () => Promise<unknown>): void {
    this.#endings.push(end)
  }

  /** To be called after each test. */
  async cleanUp(): Promise<void> {
    for (const end of this.#endings.splice(0).reverse()) await end()
  }

  async newReceiver(): Promise<WebhookReceiver> {
    const receiver = await webhookReceiver()
    this.later(() => receiver.close())
    return receiver
  }

  /** To `customer.*`, unless `more` says otherwise; with the admin key, unless another is given. */
  async subscribe(url: string, more: JsonObject = {}, key?: string): Promise<MadeSubscription> {
    const hub = this.#hub()
    const body = { url, types: ['customer.*'], ...more }
    const answer = await hub.ask('/v1/subscriptions', { method: 'POST', body, ...(key === undefined ? {} : { key }) })
    if (answer.status !== 201) throw new Error(answer.text)
    const { id, secret } = answer.body as unknown as MadeSubscription
    this.later(() => hub.ask(`/v1/subscriptions/${id}`, { method: 'DELETE' }))
    return { id, secret }
  }

  async send(events: readonly JsonObject[]): Promise<void> {
    const headers = { 'content-type': 'application/cloudevents-batch+json' }
    const answer = await this.#hub().ask('/v1/changes', { method: 'POST', headers, body: JSON.stringify(events) })
    if (answer.status !== 202) throw new Error(answer.text)
  }

  /** New people, whose names begin with `Person`. */
  async makePeople(count: number): Promise<string[]> {
    const keys = Array.from({ length: count }, () => `s${++this.#people}`)
    await this.send(keys.map((key) => contact(key, `Person${key}`)))
    return keys
  }

  async shown(id: string): Promise<JsonObject> {
    return (await this.#hub().ask(`/v1/subscriptions/${id}`)).body
  }

  async deliveries(id: string): Promise<JsonObject[]> {
    return (await this.#hub().ask(`/v1/subscriptions/${id}/deliveries?limit=200`)).body.items as JsonObject[]
  }
}

/** An upsert of a contact of the CRM in the workspace PUSH_WORKSPACE. */
export function contact(key: string, given: string): JsonObject {
  const data = { Id: key, FirstName: given, LastName: `Family${key}`, Email: `${key}@example.com` }
  return changeEvent(`crm/Contact/${key}`, data)
}

/** The given name of the customer in an event. */
export function nameIn({ event }: Received): string {
  return ((event.data as JsonObject).customer as { name: { given: string } }).name.given
}
