import { describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../contracts/json.ts'
import { parseGoldenConfig } from '../golden-config.ts'
import { saidAt, timesAfter } from '../field-times.ts'
import type { SourceView } from '../golden-types.ts'
import { createSurvivorship } from '../merge-customer.ts'
import { holdAgainst, type LaneMemory, NO_OVERLAY, overlaid } from './belief.ts'
import { itemChanges } from './list-changes.ts'
import { compareReading, type News } from './news.ts'
import { hasYielded, type LaneView, patchedList, planWants } from './plan.ts'
import { NO_WANTS, unfulfilled, wantedList, type Wants } from './wants.ts'

const survivorship = createSurvivorship(
  parseGoldenConfig(
    'default: most-recent\nfields: { status: most-recent, emails: keep-all, phones: keep-all, consents: keep-all, name: { rule: most-recent, together: true } }',
  ),
)
const at = (minute: number): string => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000000Z`

function source(
  system: string,
  document: JsonObject,
  changedAt = at(0),
  fieldTimes?: Record<string, string>,
): SourceView {
  const lane = { system, entity: 'Person', key: '1' }
  return { lane, document, changedAt, mappingRevision: 1, ...(fieldTimes === undefined ? {} : { fieldTimes }) }
}

function lane(no: number, view: SourceView, more: Partial<LaneView> = {}): LaneView {
  const believed = view.document
  return { no, source: view, believed, before: believed, wants: NO_WANTS, isBusy: false, takes: () => true, ...more }
}

const news = (from: number | null, minute: number, more: Partial<News>): News => ({
  from,
  at: at(minute),
  hops: 0,
  paths: [],
  items: new Map(),
  ...more,
})

function plan(lanes: readonly LaneView[], all: readonly News[]): Map<number, Wants> {
  const golden = survivorship.merge(
    lanes.map((one) => one.source),
    [],
  )
  return planWants({ kinds: survivorship.fields, news: all, lanes, golden, overrides: [] })
}

describe('When parts of a record were said', () => {
  test('a field that the hub wrote keeps the time of what it carried, so that a younger edit elsewhere wins over its echo', () => {
    const echoed = source('crm', { status: 'active' }, at(9), { '*': at(0), status: at(1) })
    const edited = source('erp', { status: 'closed' }, at(2), { '*': at(0), status: at(2) })
    expect(survivorship.merge([echoed, edited], [])).toEqual({ status: 'closed' })
    expect(survivorship.merge([source('crm', { status: 'active' }, at(9)), edited], [])).toEqual({ status: 'active' })
  })

  test('a field that was emptied is a word too, and counts against older ones only', () => {
    const emptied = source('crm', {}, at(5), { '*': at(0), gender: at(5) })
    expect(survivorship.merge([emptied, source('erp', { gender: 'female' }, at(4))], [])).toEqual({})
    expect(survivorship.merge([emptied, source('erp', { gender: 'female' }, at(6))], [])).toEqual({ gender: 'female' })
    const never = source('crm', {}, at(5), { '*': at(5) })
    expect(survivorship.merge([never, source('erp', { gender: 'female' }, at(4))], [])).toEqual({ gender: 'female' })
  })

  test('what a change leaves alone is as old as before; a whole is as young as its youngest part', () => {
    const times = timesAfter({ fieldTimes: null, changedAt: at(1) }, new Map([['name.given', at(7)]]))
    const view = source('crm', {}, at(7), times)
    expect([saidAt(view, 'name.given'), saidAt(view, 'name.family'), saidAt(view, 'name')]).toEqual([
      at(7),
      at(1),
      at(7),
    ])
    expect(timesAfter({ fieldTimes: times, changedAt: at(7) }, new Map([['status', at(8)]]))).toEqual({
      '*': at(1),
      'name.given': at(7),
      status: at(8),
    })
  })

  test('the explained record is the merged one also where fields have times of their own', () => {
    const sources = [
      source('crm', { status: 'active', emails: [{ address: 'a@x.com' }] }, at(9), { '*': at(1), gender: at(9) }),
      source('erp', { status: 'closed', gender: 'male', emails: [{ address: 'b@x.com' }] }, at(2)),
    ]
    expect(survivorship.explain(sources, []).golden).toEqual(survivorship.merge(sources, []))
    expect(survivorship.explain(sources, []).provenance['status']).toMatchObject({
      value: 'closed',
      rule: 'most-recent',
    })
  })
})

describe('How a list became another', () => {
  const email = (address: string, purpose?: string): JsonObject => ({ address, ...(purpose && { purpose }) })

  test.each([
    ['one item becomes another', [email('a@x')], [email('b@x')], [['a@x', 'b@x']]],
    [
      'items keep their purpose',
      [email('a@x', 'home'), email('b@x', 'work')],
      [email('c@x', 'work'), email('a@x', 'home')],
      [['b@x', 'c@x']],
    ],
    ['the same thing in other letters is the same thing', [email('A@x')], [email('a@x')], [['A@x', 'a@x']]],
    ['what is new is new', [email('a@x')], [email('a@x'), email('b@x')], [[undefined, 'b@x']]],
    ['what is gone is gone', [email('a@x'), email('b@x')], [email('a@x')], [['b@x', undefined]]],
    ['an order is no change', [email('a@x'), email('b@x')], [email('b@x'), email('a@x')], []],
  ])('%s', (_, before, after, expected) => {
    const changes = itemChanges('emails', before, after)
    expect(changes.map(({ from, to }) => [from?.['address'], to?.['address']])).toEqual(expected)
  })
})

describe('What is wanted after news', () => {
  test('a field goes to every record that takes it and differs, with the time at which it was said', () => {
    const lanes = [
      lane(1, source('crm', { status: 'closed' }, at(5), { '*': at(0), status: at(5) })),
      lane(2, source('erp', { status: 'active' })),
      lane(3, source('billing', { status: 'closed' })),
      lane(4, source('inventory', { status: 'active' }), { takes: () => false }),
      lane(5, source('shop', {})),
    ]
    const wants = plan(lanes, [news(1, 5, { paths: ['status'] })])
    expect([...wants.keys()]).toEqual([2, 5])
    expect(wants.get(2)).toEqual({ values: { status: { value: 'closed', at: at(5), from: 1, hops: 0 } }, items: {} })
  })

  test('fields that nobody changed stay different', () => {
    const lanes = [
      lane(1, source('crm', { status: 'closed', gender: 'male' }, at(5), { '*': at(0), status: at(5) })),
      lane(2, source('erp', { status: 'active', gender: 'female' })),
    ]
    const wants = plan(lanes, [news(1, 5, { paths: ['status'] })])
    expect(Object.keys(wants.get(2)?.values ?? {})).toEqual(['status'])
  })

  test('a change that loses by the rules of survivorship is taken back where it was made', () => {
    const byTrust = createSurvivorship(
      parseGoldenConfig('systems: [crm, erp]\ndefault: source-priority\nfields: { status: source-priority }'),
    )
    const lanes = [lane(1, source('crm', { status: 'active' })), lane(2, source('erp', { status: 'closed' }, at(5)))]
    const golden = byTrust.merge(
      lanes.map((one) => one.source),
      [],
    )
    const wants = planWants({
      kinds: byTrust.fields,
      news: [news(2, 5, { paths: ['status'] })],
      lanes,
      golden,
      overrides: [],
    })
    expect(wants.get(2)?.values['status']).toMatchObject({ value: 'active', at: at(0) })
  })

  test('an item is replaced where its former self is held, whatever its purpose there, and nowhere else', () => {
    const change = { from: { number: '+611', purpose: 'home' }, to: { number: '+612', purpose: 'home' } }
    const lanes = [
      lane(1, source('crm', { phones: [change.to] }, at(5))),
      lane(
        2,
        source('erp', {
          phones: [
            { number: '+611', purpose: 'mobile' },
            { number: '+619', purpose: 'work' },
          ],
        }),
      ),
      lane(3, source('billing', { phones: [{ number: '+618' }] })),
    ]
    const wants = plan(lanes, [news(1, 5, { items: new Map([['phones', [change]]]) })])
    expect([...wants.keys()]).toEqual([2])
    const list = wantedList(lanes[1]?.believed ?? {}, 'phones', wants.get(2)?.items['phones'] ?? [])
    expect(list).toEqual([
      { number: '+612', purpose: 'mobile' },
      { number: '+619', purpose: 'work' },
    ])
  })

  test('two records that changed the same item in one round end with the later value, in both', () => {
    const change = (to: string) => ({ from: { address: 'a@x' }, to: { address: to } })
    const before = { emails: [{ address: 'a@x' }] }
    const changed = (no: number, system: string, to: string, minute: number): LaneView =>
      lane(no, source(system, { emails: [{ address: to }] }, at(minute)), { before })
    const lanes = [changed(1, 'crm', 'b@x', 5), changed(2, 'erp', 'c@x', 6), lane(3, source('billing', before))]
    const all = [
      news(2, 6, { items: new Map([['emails', [change('c@x')]]]) }),
      news(1, 5, { items: new Map([['emails', [change('b@x')]]]) }),
    ]
    for (const order of [all, all.toReversed()]) {
      const wants = plan(lanes, order)
      expect(wants.get(1)?.items['emails']?.[0]).toMatchObject({ id: 'c@x', set: { address: 'c@x' } })
      expect(wants.get(2)).toBeUndefined()
      expect(wants.get(3)?.items['emails']?.[0]).toMatchObject({ id: 'c@x' })
    }
  })

  test('a change of an item that is older than what is on its way is taken back', () => {
    const standing: Wants = {
      values: {},
      items: {
        emails: [{ slots: ['a@x'], label: null, id: 'b@x', set: { address: 'b@x' }, at: at(9), from: 1, hops: 0 }],
      },
    }
    const late = { from: { address: 'a@x' }, to: { address: 'c@x' } }
    const lanes = [
      lane(1, source('crm', { emails: [{ address: 'b@x' }] }, at(9))),
      lane(2, source('erp', { emails: [late.to] }, at(5)), { wants: standing }),
    ]
    const wants = plan(lanes, [news(2, 5, { items: new Map([['emails', [late]]]) })])
    expect([...wants.keys()]).toEqual([2])
    expect(wants.get(2)?.items['emails']?.[0]).toMatchObject({ slots: ['a@x', 'c@x'], id: 'b@x', at: at(9) })
    expect(unfulfilled(wants.get(2) ?? NO_WANTS, { emails: [{ address: 'b@x' }] })).toEqual(NO_WANTS)
  })

  test('values that are answered with others again and again are not carried any further', () => {
    const lanes = [
      lane(1, source('crm', { status: 'closed' }, at(5), { '*': at(0), status: at(5) })),
      lane(2, source('erp', { status: 'active' })),
    ]
    expect(plan(lanes, [news(1, 5, { paths: ['status'], hops: 17 })]).size).toBe(0)
  })
})

describe('A reading held against what the hub wrote', () => {
  const wrote = overlaid(
    NO_OVERLAY,
    { mail: 'old' },
    { idempotencyKey: 'k1', fields: { mail: 'new' }, times: { emails: at(3) }, hops: 0 },
  )
  const memory: LaneMemory = { wants: NO_WANTS, overlay: wrote, attempt: null, verify: false }
  const raw = { mail: 'old', tier: 'gold' }

  test('its echo confirms it', () => {
    const reading = holdAgainst(raw, { mail: 'new', tier: 'gold' }, memory, undefined)
    expect(reading).toMatchObject({
      believed: { mail: 'new' },
      read: { mail: 'new' },
      verify: false,
      overlay: NO_OVERLAY,
    })
  })

  test('one that shows what was there before may be old: the system is asked, and other fields count meanwhile', () => {
    const reading = holdAgainst(raw, { mail: 'old', tier: 'silver' }, memory, undefined)
    expect(reading).toMatchObject({
      verify: true,
      read: { mail: 'new', tier: 'silver' },
      believed: { mail: 'new', tier: 'gold' },
    })
    expect(Object.keys(reading.overlay.fields)).toEqual(['mail'])
  })

  test('anything else is the system’s own word, one step further in the talk of the two', () => {
    const reading = holdAgainst(raw, { mail: 'other', tier: 'gold' }, memory, undefined)
    expect(reading).toMatchObject({ believed: { mail: 'new' }, read: { mail: 'other' }, hops: 1, verify: false })
  })

  test('what the hub’s own write brought is the system’s way to have its value', () => {
    expect(holdAgainst(raw, { mail: 'NEW', tier: 'gold' }, memory, 'k1').believed).toEqual({
      mail: 'NEW',
      tier: 'gold',
    })
    expect(holdAgainst(raw, { mail: 'NEW', tier: 'gold' }, memory, 'k0').believed).toEqual({
      mail: 'new',
      tier: 'gold',
    })
  })

  test('a write whose outcome is not known yet is known by what it brings', () => {
    const attempt = {
      kind: 'write',
      idempotencyKey: 'k2',
      fields: { mail: 'next' },
      expected: {},
      times: {},
      hops: 0,
      wants: NO_WANTS,
      changeNo: 1,
    } as const
    const busy: LaneMemory = { ...memory, overlay: NO_OVERLAY, attempt }
    expect(holdAgainst(raw, { mail: 'NEXT', tier: 'gold' }, busy, 'k2').believed).toMatchObject({ mail: 'NEXT' })
    expect(holdAgainst(raw, { mail: 'next', tier: 'gold' }, busy, undefined)).toMatchObject({ hops: 0 })
    expect(holdAgainst(raw, { mail: 'other', tier: 'gold' }, busy, undefined)).toMatchObject({ hops: 1 })
  })
})

describe('News and echoes', () => {
  const base = { wants: NO_WANTS, attempted: NO_WANTS, writtenAt: { status: at(3) }, from: 1, at: at(9), hops: 0 }

  test('an edit that comes along with an echo is news for its own fields only', () => {
    const { news: found, said } = compareReading(survivorship.fields, {
      ...base,
      stored: { status: 'active', gender: 'male' },
      believed: { status: 'closed', gender: 'male' },
      read: { status: 'closed', gender: 'female' },
    })
    expect(found?.paths).toEqual(['gender'])
    expect(Object.fromEntries(said)).toEqual({ status: at(3), gender: at(9) })
  })

  test('what a write under way brings is an echo while something is wanted there, and else the system’s own word', () => {
    const want = (value: string): Wants => ({ values: { status: { value, at: at(2), from: 2, hops: 0 } }, items: {} })
    const same = { status: 'active' }
    const reading = { ...base, stored: same, believed: same, read: { status: 'closed' }, attempted: want('closed') }
    expect(compareReading(survivorship.fields, { ...reading, wants: want('inactive') }).news).toBeNull()
    expect(compareReading(survivorship.fields, reading).news?.paths).toEqual(['status'])
  })

  test('what the hub wants anyway is no news, and as old as the want', () => {
    const wants: Wants = { values: { status: { value: 'closed', at: at(2), from: 2, hops: 0 } }, items: {} }
    const same = { status: 'active' }
    const { news: found, said } = compareReading(survivorship.fields, {
      ...base,
      wants,
      stored: same,
      believed: same,
      read: { status: 'closed' },
    })
    expect([found, Object.fromEntries(said)]).toEqual([null, { status: at(2) }])
  })
})

describe('Values of the API', () => {
  const override = { path: 'name.given', value: 'Ada', author: 'a', at: at(5) }

  test('give way to a later change of the same field in a system, and to nothing else', () => {
    expect(hasYielded(override, [news(1, 6, { paths: ['name.given'] })])).toBe(true)
    expect(hasYielded(override, [news(1, 4, { paths: ['name.given'] })])).toBe(false)
    expect(hasYielded(override, [news(1, 6, { paths: ['name.family'] })])).toBe(false)
    expect(hasYielded(override, [news(null, 6, { paths: ['name.given'] })])).toBe(false)
  })

  test('lists follow what systems change in them', () => {
    const list = [{ address: 'a@x', purpose: 'home' }]
    const change = { from: { address: 'a@x' }, to: { address: 'b@x' } }
    expect(patchedList('emails', list, change)).toEqual([{ address: 'b@x', purpose: 'home' }])
    expect(patchedList('emails', list, { from: null, to: { address: 'c@x' } })).toHaveLength(2)
    expect(patchedList('emails', list, { from: { address: 'A@x' }, to: null })).toEqual([])
  })
})
