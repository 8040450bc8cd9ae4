/** Persons that leave one word wherever a person leaves traces, for tests that look for what is left of them. */
import { randomUUID } from 'node:crypto'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { insertDecisionLog } from '../../hub/store/decision-log-queries.ts'
import { insertRejected } from '../../hub/store/rejected-queries.ts'
import { changeEvent, type RunningApi, sendChanges } from './api.ts'
import { PUSH_WORKSPACE } from './push-workspace.ts'

export const MARKED_WORKSPACE: Record<string, string> = {
  ...PUSH_WORKSPACE,
  'mappings/crm/Case.yaml': `source: Case
target: case
key: id
fields:
  number: id
  subject: subject
  description: text
  status: { constant: open }
  customer: { ref: { entity: Contact, key: contact } }
`,
  'mappings/billing/Payment.yaml': `source: Payment
target: payment
key: no
fields:
  number: no
  reason: memo
  amount: { from: amount, convert: { money: { currency: GBP } } }
  invoice: { ref: { entity: Invoice, key: invoice } }
`,
}

type Contact = Record<
  'Id' | 'FirstName' | 'LastName' | 'Born' | 'Email' | 'Phone' | 'Street' | 'Postcode' | 'City' | 'Secret',
  string
>

export interface MarkedPerson {
  /** The word. */
  mark: string
  id: string
  contact: Contact
  keys: Record<'contact' | 'account' | 'case' | 'invoice' | 'payment', string>
}

const accountOf = (no: string, person: Contact): JsonObject => ({
  ...{ no, first: person.FirstName, last: person.LastName, born: person.Born.replaceAll('-', ''), mail: person.Email },
  ...{ tel: person.Phone, street: person.Street, code: person.Postcode, town: person.City, state: 'A' },
})
export const invoiceOf = (no: string, account: string, memo: string): JsonObject => ({
  no,
  account,
  total: '12.50',
  memo,
})
export const paymentOf = (no: string, invoice: string, memo: string): JsonObject => ({
  no,
  invoice,
  amount: '12.50',
  memo,
})

/** `hub` is asked when it is needed: it starts after this is made. */
export class MarkedPersons {
  /** How many there are: a part of their keys. */
  turn = 0
  readonly #hub: () => RunningApi

  constructor(hub: () => RunningApi) {
    this.#hub = hub
  }

  /** A person with two records, a case, an invoice and a payment; everything that names them holds the mark. */
  async makePerson(): Promise<MarkedPerson> {
    const mark = `zyx${String.fromCharCode(97 + this.turn++)}quark`
    const keys = {
      contact: `K-${mark}`,
      account: `A-${mark}`,
      case: `C-${mark}`,
      invoice: `I-0${this.turn}`,
      payment: `P-0${this.turn}`,
    }
    const contact: Contact = {
      Id: keys.contact,
      FirstName: mark,
      LastName: `Mc${mark}`,
      Born: `19${30 + 2 * this.turn}-0${1 + (this.turn % 9)}-1${this.turn % 10}`,
      Email: `${mark}@Example.com`,
      Phone: `+44 20 79${40 + this.turn} ${1000 + 137 * this.turn}`,
      Street: `1 ${mark} Street`,
      Postcode: `N${this.turn} ${this.turn}XY`,
      City: `Town${mark}`,
      Secret: mark,
    }
    await this.send(
      changeEvent(`crm/Contact/${keys.contact}`, contact, { id: `Contact/${keys.contact}@1` }),
      changeEvent(`billing/Account/${keys.account}`, accountOf(keys.account, contact), {
        id: `Account/${keys.account}@1`,
      }),
      changeEvent(`crm/Case/${keys.case}`, { id: keys.case, subject: mark, text: mark, contact: keys.contact }),
      changeEvent(`billing/Invoice/${keys.invoice}`, invoiceOf(keys.invoice, keys.account, mark)),
      changeEvent(`billing/Payment/${keys.payment}`, paymentOf(keys.payment, keys.invoice, mark)),
    )
    const id = await this.idOf('crm', keys.contact)
    if (id === 'none') throw new Error((await this.#hub().ask('/admin/v1/parked?limit=5')).text)
    return { mark, id, contact, keys }
  }

  send(...events: JsonObject[]): Promise<void> {
    return sendChanges(this.#hub(), ...events)
  }

  async idOf(system: string, key: string): Promise<string> {
    const { body } = await this.#hub().ask(`/v1/customers?system=${system}&key=${encodeURIComponent(key)}`)
    return (body.items as { id: string }[])[0]?.id ?? 'none'
  }

  async erase(id: string, more: JsonObject = {}): Promise<JsonObject> {
    const body = { reason: 'consent-withdrawn', note: 'Request 2026/17', ...more }
    const answer = await this.#hub().ask(`/v1/customers/${id}/erasure`, { method: 'POST', body })
    if (answer.status !== 200) throw new Error(answer.text)
    await this.#hub().quiet()
    return answer.body
  }

  /** Has what was erased looked for again now, in place of a minute later. */
  async sweptAgain(): Promise<void> {
    await this.#hub().db.query({ text: 'update erasure set due_at = now() where work is not null' })
    while (await this.#hub().core.sweeper.sweepOne());
  }

  /** Has the older one take the other in, and takes it out again. */
  async joinAndSplit(older: MarkedPerson, other: MarkedPerson): Promise<void> {
    const ask = (what: string, body: JsonObject) =>
      this.#hub().ask(`/v1/customers/${older.id}/${what}`, { method: 'POST', body })
    const joined = await ask('join', { with: other.id })
    if (joined.body.survivor !== older.id) throw new Error(joined.text)
    const records = [
      { system: 'crm', entity: 'Contact', key: other.keys.contact },
      { system: 'billing', entity: 'Account', key: other.keys.account },
    ]
    const split = await ask('split', { records })
    if (JSON.stringify(split.body.separated) !== JSON.stringify([other.id])) throw new Error(split.text)
    await this.#hub().quiet()
  }

  /** Puts the mark wherever a person may leave traces beside its records. */
  async leaveTraces({ id, mark, keys, contact }: MarkedPerson): Promise<void> {
    const etag = (await this.#hub().ask(`/v1/customers/${id}`)).headers.get('etag') ?? ''
    const patched = await this.#hub().ask(`/v1/customers/${id}`, {
      method: 'PATCH',
      headers: { 'if-match': etag, 'idempotency-key': `key-${mark}`, 'content-type': 'application/merge-patch+json' },
      body: JSON.stringify({ name: { middle: `edited ${mark}` } }),
    })
    if (patched.status !== 200) throw new Error(patched.text)
    // Versions before, one of them of another customer that this one was joined with and split from again.
    await this.send(
      changeEvent(`crm/Contact/O-${this.turn}`, {
        Id: `O-${this.turn}`,
        FirstName: 'Some',
        LastName: `Body${this.turn}`,
      }),
    )
    const otherId = await this.idOf('crm', `O-${this.turn}`)
    const joined = await this.#hub().ask(`/v1/customers/${otherId}/join`, {
      method: 'POST',
      body: { with: id, note: mark },
    })
    if (joined.status !== 200) throw new Error(joined.text)
    const records = [{ system: 'crm', entity: 'Contact', key: `O-${this.turn}` }]
    const split = await this.#hub().ask(`/v1/customers/${String(joined.body.survivor)}/split`, {
      method: 'POST',
      body: { records, note: mark },
    })
    if (split.status !== 200) throw new Error(split.text)
    // Parked: a change of a record of its own, mended once, and one of somebody else's that speaks of it.
    await this.send(
      changeEvent(`billing/Invoice/I-9${this.turn}`, {
        no: `I-9${this.turn}`,
        account: keys.account,
        total: 'no number',
        mail: contact.Email ?? null,
      }),
    )
    await this.send(changeEvent(`crm/Contact/${keys.contact}`, { ...contact, Email: [mark] }))
    const { body } = await this.#hub().ask(`/admin/v1/parked?key=${keys.contact}`)
    const [parked] = body.items as { no: number }[]
    if (parked === undefined) throw new Error('nothing was parked')
    await this.#hub().ask(`/admin/v1/parked/${parked.no}`, {
      method: 'PUT',
      headers: { 'if-match': '"0"' },
      body: { data: { ...contact, Email: ['still', mark] } },
    })
    await this.#hub().quiet()
    await this.#hub().db.query({
      text: `
        insert into record_write (id, kind, target, record_id, system, entity, key, wanted, fields, idempotency_key, state, attempts,
          due_at, author)
        values (gen_random_uuid(), 0, 'interaction', gen_random_uuid(), 'crm', 'Task', null, $1, $1, $2, 3, 1, now(), 'ann')`,
      values: [JSON.stringify({ customer: { entity: 'Contact', key: keys.contact }, summary: mark }), `w-${this.turn}`],
    })
    await this.#hub().db.query({
      text: `
        insert into write_back (record_no, system, entity, key, state, wants, overlay, verify, generation, attempts, due_at)
        select no, system, entity, key, 5, $2, '{}', false, 1, 1, now() from source_record where key = $1`,
      values: [keys.contact, JSON.stringify({ mark })],
    })
    const decision = { rule: 'r', revision: 1, hash: 'h', called: null, actor: 'ann', code: null, trace: mark }
    const at = { moment: new Date().toISOString(), decidedAt: new Date().toISOString() }
    const given = JSON.stringify({ mail: contact.Email })
    await insertDecisionLog(this.#hub().db, [
      {
        ...decision,
        ...at,
        id: randomUUID(),
        customerId: id,
        given: '{}',
        filled: JSON.stringify({ mark }),
        result: '{}',
      },
      { ...decision, ...at, id: randomUUID(), customerId: null, given, filled: null, result: '{}' },
    ])
    const { rows } = await this.#hub().db.query<{ no: string }>({
      text: `
        insert into bulk_job (id, kind, state, actor, key_id, role, request)
        values (gen_random_uuid(), 'import', 'completed', 'ann', 'admin', 'admin', '{}'),
          (gen_random_uuid(), 'export', 'completed', 'ann', 'admin', 'admin', $1) returning no`,
      values: [JSON.stringify({ filter: `email == "${contact.Email}"` })],
    })
    await this.#hub().db.query({
      text: `insert into bulk_fault (job_no, line, faults) values ($1, 1, $2)`,
      values: [rows[0]?.no, JSON.stringify([{ message: `${contact.Email} is wrong` }])],
    })
    await this.#hub().db.query({
      text: `
        insert into bulk_chunk (job_no, no, first_line, lines, first_byte, bytes, content) values ($1, 1, 1, 1, 0, 9, $2)`,
      values: [rows[1]?.no, Buffer.from(mark)],
    })
    const body2 = Buffer.from(`{"broken": "${String(contact.Email)}", `)
    await insertRejected(this.#hub().db, 0, {
      system: 'crm',
      messageId: 'm',
      code: 'x',
      message: 'x',
      where: null,
      body: body2,
    })
  }
}
