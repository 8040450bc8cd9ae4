import type { Change } from '../../hub/contracts/change.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'

/** A small company with two systems that only push: `crm` with contacts and cases, `billing` with accounts and invoices. */
export const PUSH_WORKSPACE: Record<string, string> = {
  'config/systems/crm.yaml': 'connector: push\ntitle: The CRM\n',
  'config/systems/billing.yaml': 'connector: push\ntitle: Billing\n',
  'mappings/crm/Contact.yaml': `source: Contact
target: customer
key: Id
defaults: { region: GB, country: GB }
fields:
  kind: { constant: person }
  status: { constant: active }
  name.given: FirstName
  name.family: LastName
  birthDate: { from: Born, convert: { date: { format: yyyy-MM-dd } } }
  emails:
    - { address: { from: Email, convert: email }, purpose: { constant: home } }
  phones:
    - { number: { from: Phone, convert: phone }, purpose: { constant: home } }
  addresses:
    - { lines: [Street], city: City, postalCode: Postcode, country: { constant: GB }, purpose: { constant: home } }
`,
  'mappings/billing/Account.yaml': `source: Account
target: customer
key: no
defaults: { region: GB, country: GB }
fields:
  kind: { constant: person }
  status: { from: state, convert: { lookup: { table: { A: active, C: closed }, otherwise: inactive } } }
  name.given: first
  name.family: last
  birthDate: { from: born, convert: { date: { format: yyyyMMdd } } }
  emails:
    - { address: { from: mail, convert: email }, purpose: { constant: billing } }
  phones:
    - { number: { from: tel, convert: phone }, purpose: { constant: home } }
  addresses:
    - { lines: [street], city: town, postalCode: code, country: { constant: GB }, purpose: { constant: billing } }
`,
  'mappings/billing/Invoice.yaml': `source: Invoice
target: invoice
key: no
fields:
  number: no
  customer: { ref: { entity: Account, key: account } }
  status: { constant: open }
  total: { from: total, convert: { money: { currency: GBP } } }
`,
}

let counter = 0

/** An upsert with an id of its own and no sequence, unless given. */
export function push(
  lane: `${string}/${string}/${string}`,
  data: JsonObject | null,
  more: Partial<Change> = {},
): Change {
  const [system = '', entity = '', ...key] = lane.split('/')
  return {
    system,
    entity,
    key: key.join('/'),
    id: `c${++counter}`,
    kind: data === null ? 'delete' : 'upsert',
    time: '2026-01-01T00:00:00Z',
    data,
    ...more,
  }
}
