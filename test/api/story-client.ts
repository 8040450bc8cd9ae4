/** The customer service story in ten steps, by the TypeScript client. test/api/soap/story.py tells the same by SOAP. */
import {
  type Invoice,
  OmnihubClient,
  OmnihubError,
  type OmnihubEvent,
  taken,
} from '../../clients/typescript/src/index.ts'
import type { StoryInput, StoryStep } from '../support/story.ts'

/** What one step hands to the next. */
interface Place {
  hub: OmnihubClient
  input: StoryInput
  customer: string
  overdue: Invoice
}

type Step = (place: Place) => Promise<object>

/** Tells the story; a step that does not go as told throws. */
export async function clientStory(input: StoryInput): Promise<StoryStep[]> {
  const hub = new OmnihubClient({ url: input.url, key: input.key })
  const place: Place = { hub, input, customer: '', overdue: { id: '' } as Invoice }
  const told: StoryStep[] = []
  for (const [step, act] of Object.entries(STEPS)) told.push({ step, ...(await act(place)) })
  return told
}

/** The code of the refusal; null: it was not refused. */
async function refusal(act: () => PromiseLike<unknown>): Promise<string | null> {
  try {
    await act()
    return null
  } catch (error) {
    if (error instanceof OmnihubError) return error.code
    throw error
  }
}

async function decided({ hub, input }: Place, rule: string, given: Record<string, unknown>): Promise<object> {
  return (await hub.decide({ rule, body: { input: given, at: input.at } })).result
}

const find: Step = async (place) => {
  const found = await place.hub.listCustomers({ phone: place.input.phone }).all()
  const [first] = found
  if (first === undefined) throw new Error('nobody has this phone number')
  place.customer = first.id
  return { found: found.length, kind: first.kind, initial: first.name?.family?.[0] }
}

const read: Step = async ({ hub, customer }) => {
  const { invoices = [], interactions = [] } = await hub.getCustomer({
    id: customer,
    include: ['invoices', 'interactions'],
  })
  return { totals: invoices.map(({ total }) => total?.amount).sort(), interactions: interactions.length }
}

const channel: Step = async (place) => ({
  result: await decided(place, 'preferred-channel', { customer: { id: place.customer }, purpose: 'billing' }),
})

const contact: Step = async ({ hub, customer, input }) => {
  const item = { address: input.newEmail, purpose: 'work' }
  const changed = (verified: boolean, ifMatch?: string) =>
    hub.changeContactData({
      id: customer,
      ifMatch,
      body: { channel: 'phone', verified, changes: [{ op: 'add', member: 'emails', item }] },
    })
  const unverified = await refusal(() => changed(false))
  const stale = await refusal(() => changed(true, '"x"'))
  const answer = await changed(true)
  const { emails = [] } = answer.customer
  return {
    unverified,
    stale,
    decision: answer.decision?.result,
    purposes: emails.map(({ purpose }) => purpose ?? '').sort(),
    hasNew: emails.some(({ address }) => address === input.newEmail),
  }
}

const invoices: Step = async (place) => {
  const items = await place.hub.listInvoices({ customer: place.customer }).all()
  const sorted = items.sort((one, other) => String(one.dueOn).localeCompare(String(other.dueOn)))
  const [overdue] = sorted
  if (overdue === undefined) throw new Error('there is no invoice')
  place.overdue = overdue
  return { invoices: sorted.map(({ status, dueOn, total, balance }) => ({ status, dueOn, total, balance })) }
}

const dunning: Step = async (place) => ({
  result: await decided(place, 'dunning-stage', { invoice: { id: place.overdue.id } }),
})

const payment: Step = async ({ hub, overdue, input }) => {
  const { amount = '', currency = '' } = overdue.total ?? {}
  const paid = async (sum: string, idempotencyKey?: string) => {
    const body = { amount: { amount: sum, currency }, method: 'card', channel: 'phone' } as const
    return taken(await hub.payInvoice({ id: overdue.id, waitSeconds: 20, body }, { idempotencyKey }))
  }
  const tooMuch = await refusal(() => paid('99999.00'))
  const answer = await paid(amount, input.paymentKey)
  const again = await paid(amount, input.paymentKey)
  const [write] = answer.writes
  return {
    tooMuch,
    decision: answer.decision?.result,
    amount: answer.payment.amount,
    write: [write?.system, write?.state],
    again: again.payment.id === answer.payment.id,
  }
}

const action: Step = async (place) => ({
  result: await decided(place, 'next-best-action', { customer: { id: place.customer } }),
})

const order: Step = async ({ hub, customer }) => {
  const ordered = async (price: string) => {
    const lines = [{ number: '1', quantity: '1', unitPrice: { amount: price, currency: 'GBP' } }]
    const body = { customer: { id: customer }, channel: 'phone', lines } as const
    return taken(await hub.createOrder({ waitSeconds: 20, body: { ...body, lines } }))
  }
  const refused = await refusal(() => ordered('900000.00'))
  const answer = await ordered('20.00')
  const [write] = answer.writes
  return {
    refused,
    lines: answer.lines?.length,
    decision: answer.decision?.result,
    write: [write?.system, write?.state],
  }
}

const WANTED: readonly OmnihubEvent['type'][] = [
  'customer.updated',
  'interaction.created',
  'order.created',
  'payment.created',
]

const note: Step = async ({ hub, customer }) => {
  const summary = 'All is well <again>.'
  const body = { channel: 'phone', direction: 'inbound', customer: { id: customer }, summary } as const
  const made = taken(await hub.createInteraction({ waitSeconds: 20, body }))
  const end = Date.now() + 10_000
  let seen = new Set<unknown>()
  while (!WANTED.every((type) => seen.has(type)) && Date.now() < end) {
    const items = await hub.getCustomerTimeline({ id: customer, limit: 200 }).all()
    seen = new Set(items.map(({ type }) => type))
  }
  return { channel: made.channel, summary: made.summary, timeline: WANTED.filter((type) => seen.has(type)) }
}

const STEPS = { find, read, channel, contact, invoices, dunning, payment, action, order, note } as const
