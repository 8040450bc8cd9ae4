import type { Change } from '../../contracts/change.ts'
import type { JsonObject } from '../../contracts/json.ts'
import type { Queryable } from '../../store/queryable.ts'
import { screen, tiesOfDocument } from './erased.ts'
import { planLanes } from './plan-lanes.ts'
import type { ErasureTerms, MapOutcome } from './ports.ts'

const terms: ErasureTerms = {
  hashOf: (name) => Buffer.from(name.padEnd(32, '.')),
  keeps: (target) => target === 'invoice' || target === 'payment',
  cut: (_, { number }) => ({ number: number ?? null }),
}

/** A database that remembers these lanes; it fails where it is asked for nothing. */
function remembering(lanes: Record<string, boolean>): Queryable {
  const rows = Object.entries(lanes).map(([name, kept]) => ({ hash: terms.hashOf(name), erasureId: 'e', kept }))
  return { query: () => Promise.resolve({ rows }) } as unknown as Queryable
}

let no = 0
function change(lane: string, document: JsonObject | null, target: 'case' | 'customer' | 'invoice' | 'payment') {
  const [system = '', entity = '', key = ''] = lane.split('/')
  const kind = document === null ? 'delete' : 'upsert'
  const item: Change = {
    system,
    entity,
    key,
    id: `c${++no}`,
    kind,
    time: '2026-01-01T00:00:00Z',
    data: { secret: 'raw' },
  }
  const mapped: MapOutcome =
    document === null ? { kind: 'deleted', target, revision: 1 } : { kind: 'document', target, document, revision: 1 }
  return { item: { no, change: item }, mapped }
}

const contact = { entity: 'Contact', key: '1' }
const failed: MapOutcome = { kind: 'failed', cause: { code: 'x', message: 'x' } }

describe('Changes of the erased', () => {
  test('are told by their lanes, by whom they name, and by what they point at, within a batch too', async () => {
    const batch = [
      change('crm/Contact/1', { name: {} }, 'customer'),
      change('crm/Contact/2', { name: {} }, 'customer'),
      change('crm/Case/1', { customer: contact, subject: 'x' }, 'case'),
      change('crm/Payment/1', { invoice: { entity: 'Invoice', key: '1' }, number: 'P', memo: 'x' }, 'payment'),
      change('crm/Invoice/1', { customer: contact, number: 'I', memo: 'x' }, 'invoice'),
      change(
        'crm/Payment/2',
        { customer: { entity: 'Contact', key: '2' }, invoice: { entity: 'Invoice', key: '1' } },
        'payment',
      ),
    ]
    const { gone, mapped, lanes } = await screen(remembering({ 'crm/Contact/1': false }), terms, batch, true)
    expect([...gone].map(({ change: { entity, key } }) => `${entity}/${key}`)).toEqual(['Contact/1', 'Case/1'])
    expect(
      mapped.map(({ item, mapped: outcome }) => [item.change.data, 'document' in outcome && outcome.document]),
    ).toEqual([
      [{ secret: 'raw' }, { name: {} }],
      [{ secret: 'raw' }, { name: {} }],
      [{ secret: 'raw' }, { customer: contact, subject: 'x' }],
      [null, { number: 'P' }],
      [null, { number: 'I' }],
      [{ secret: 'raw' }, batch[5]?.mapped.kind === 'document' ? batch[5].mapped.document : null],
    ])
    expect([...lanes.values()].map(({ kept }) => kept)).toEqual([false, false, true, true])
    const plan = planLanes(mapped, { entries: new Map(), records: new Map(), held: new Set(), gone })
    expect([...plan.outcomes.values()].map(({ kind }) => kind)).toEqual([
      ...['discarded', 'applied', 'discarded', 'applied', 'applied', 'applied'],
    ])
  })

  test('of kept records go where they can not be mapped, since nobody can tell the person from the rest', async () => {
    const invoice = { ...change('crm/Invoice/1', {}, 'invoice'), mapped: failed }
    const deleted = change('crm/Invoice/2', null, 'invoice')
    const known = remembering({ 'crm/Invoice/1': true, 'crm/Invoice/2': true })
    const { gone, mapped } = await screen(known, terms, [invoice, deleted], true)
    expect([...gone]).toEqual([invoice.item])
    expect(mapped[1]).toMatchObject({ item: { change: { data: null } }, mapped: { kind: 'deleted' } })
  })

  test('cost nothing where nobody was erased', async () => {
    const unasked = { query: () => Promise.reject(new Error('asked')) } as unknown as Queryable
    const batch = [change('crm/Contact/1', {}, 'customer')]
    expect((await screen(unasked, terms, batch, false)).mapped).toBe(batch)
    expect((await screen(unasked, terms, [], true)).gone.size).toBe(0)
  })

  test('belong to the customer that they name, and only without one to what they point at', () => {
    const order = { entity: 'Order', key: '9', system: 'erp' }
    expect(tiesOfDocument({ customer: contact, order }, 'crm')).toEqual([{ system: 'crm', ...contact }])
    expect(tiesOfDocument({ order, total: { amount: '1', currency: 'EUR' }, lines: [] }, 'crm')).toEqual([order])
  })
})
