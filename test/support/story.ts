/** What the customer service story plays with: a hub over billing, with the demo company's rules, and persons who are alike but for their names. */
import type { JsonObject } from '../../hub/contracts/json.ts'
import { ACCOUNT, ADA, type BillingHub, INVOICE, STANDING, startBillingHub } from './billing-hub.ts'
import { until } from './engine.ts'
import { demoRuleFiles } from './rule-fixtures.ts'

/** What a client gets on its way into the story. */
export interface StoryInput {
  url: string
  key: string
  /** Name of the key: the Username of SOAP. */
  keyName: string
  phone: string
  newEmail: string
  /** Idempotency-Key of the payment. */
  paymentKey: string
  /** For decisions: the moment for which they are made. */
  at: string
}

/** What came of one of the ten steps: no ids, no names, no times, so that two clients can be compared. */
export type StoryStep = JsonObject & { step: string }

export interface StoryHub {
  hub: BillingHub
  /** A client's own person. */
  inputOf(client: 'soap' | 'typescript'): StoryInput
}

const RULES = [
  ...['preferred-channel', 'dunning-stage', 'next-best-action', 'payment-acceptance'],
  ...['contact-change', 'order-acceptance', 'credit-limit'],
]
const PERSONS = {
  soap: { no: 'ST-1', name: 'Somerville, Mary', phone: '0131 496 0111', e164: '+441314960111' },
  typescript: { no: 'ST-2', name: 'Sharman, Helen', phone: '0131 496 0222', e164: '+441314960222' },
} as const

function dayFromNow(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
}

export async function startStoryHub(): Promise<StoryHub> {
  const hub = await startBillingHub(Object.assign({}, ...RULES.map(demoRuleFiles)) as Record<string, string>)
  const { store } = hub.billing
  for (const [at, [client, person]] of Object.entries(PERSONS).entries()) {
    const account_no = person.no
    const email = `${client}@example.com`
    store.put(ACCOUNT, { ...ADA.account, account_no, full_name: person.name, phone: person.phone, email })
    store.put(STANDING, { ...ADA.standing, account_no })
    // One is overdue, but not for so long that nothing may be ordered; one is not due yet.
    store.put(INVOICE, { ...ADA.invoice, account_no, invoice_no: 510_000_001 + at, due: dayFromNow(-10) })
    store.put(INVOICE, { ...ADA.invoice, account_no, invoice_no: 510_000_101 + at, due: dayFromNow(20) })
  }
  const isRead = async (): Promise<boolean> => {
    const counts = await Promise.all(
      Object.values(PERSONS).map(async ({ no }) => {
        const customer = await hub.customerOf(no)
        const { body } = await hub.api.ask(`/v1/invoices?customer=${customer}`)
        return (body.items as JsonObject[] | undefined)?.length
      }),
    )
    return counts.every((count) => count === 2)
  }
  await until(isRead, 20_000, () => hub.log.lines)
  const key = await hub.api.keyOf('channel')
  const at = new Date().toISOString()
  return {
    hub,
    inputOf: (client) => ({
      ...{ url: hub.api.url, key, keyName: 'a channel', phone: PERSONS[client].e164 },
      ...{ newEmail: `${client}@work.example`, paymentKey: `story-${client}`, at },
    }),
  }
}
