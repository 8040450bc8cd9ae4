import { EVENT_CATALOGUE, matchesType } from './event-catalogue.ts'
import { compileEventFilter } from './event-filter.ts'
import type { JsonObject } from './json.ts'

const EVENT: JsonObject = {
  specversion: '1.0',
  id: 'e1',
  type: 'customer.updated',
  subject: 'c1',
  customerid: 'c1',
  sequence: '4',
  data: {
    customer: {
      status: 'active',
      name: { given: 'Ann' },
      emails: [{ address: 'ann@example.com', purpose: 'work' }],
      attributes: { score: 7 },
    },
    changed: ['emails', 'name.given'],
  },
}

const matches = (text: string, types: string[] = []): boolean =>
  compileEventFilter(text, types, '/filter').matches(EVENT)
const faultOf = (text: string, types: string[] = [], where = '/filter'): unknown => {
  try {
    compileEventFilter(text, types, where)
    return undefined
  } catch (error) {
    return error
  }
}

describe('A filter of events', () => {
  test.each([
    ['type == "customer.updated"', true],
    ['data.customer.status == "active" and contains(data.changed, "emails")', true],
    ['some(data.customer.emails, #.purpose == "work")', true],
    ['data.customer.attributes.score > 5', true],
    ['number(sequence) >= 4', true],
    ['data.customer.status in ["closed", "inactive"]', false],
    ['data.changed', false],
    ['1', false],
    ['data.customer.name > 5', false],
    ['data.customer.birthDate > 5', false],
    ['data.customer.name.middle == "x"', false],
  ])('%s: %j', (text, expected) => {
    expect(matches(text)).toBe(expected)
  })

  test('leaves out what is too large for the engine, and never throws', () => {
    const filter = compileEventFilter('sum(map(data.changed, len(#))) + len(subject) > 1', [], '/filter')
    const huge = { ...EVENT, data: { changed: Array.from({ length: 20_000 }, () => 'x'.repeat(100)) } }
    expect(filter.matches(huge)).toBe(false)
  })

  test.each([
    ['data.customer.status = "active"', /assignments/, 21],
    ['data.customer.', /can not be used/, 14],
    ['costumer.status == "x"', /no member costumer/, 0],
    ['true and datum == 1', /no member datum/, 9],
    ['d("now") > 1', /function d is not available/, 0],
    ['data.customer.name ^ 2 == 4', /powers/, 19],
    ['""', undefined, undefined],
  ])('%s is refused with its place', (text, message, at) => {
    if (message === undefined) expect(faultOf(text)).toBeUndefined()
    else
      expect(faultOf(text)).toMatchObject({
        code: 'events.filter.invalid',
        status: 422,
        where: '/filter',
        message: expect.stringMatching(message) as string,
        facts: { at },
      })
  })

  test('may read only data that events of the asked types have', () => {
    expect(faultOf('data.invoice.status == "open"', ['invoice.*'])).toBeUndefined()
    expect(faultOf('data.invoice.status == "open"', ['*'])).toBeUndefined()
    expect(faultOf('data.invoice.status == "open"', ['customer.*'], '?filter')).toMatchObject({
      status: 400,
      where: '?filter',
      message: expect.stringContaining(
        'it has changed, customer, customers, erasedAt, erasure, from, into, joined, records, references',
      ) as string,
    })
  })
})

describe('The catalogue of events', () => {
  test('has each type once, with a sentence', () => {
    expect(new Set(EVENT_CATALOGUE.map(({ type }) => type)).size).toBe(EVENT_CATALOGUE.length)
    for (const { type, summary } of EVENT_CATALOGUE) {
      expect(type).toMatch(/^[a-z-]+\.[a-z-]+$/)
      expect(summary).toMatch(/^[A-Z].*\.$/)
    }
  })

  test('is matched by a type, by its beginning up to a dot, and by an asterisk', () => {
    expect(matchesType('customer.updated', 'customer.updated')).toBe(true)
    expect(matchesType('customer.*', 'customer.updated')).toBe(true)
    expect(matchesType('*', 'customer.updated')).toBe(true)
    expect(matchesType('custom*', 'customer.updated')).toBe(false)
    expect(matchesType('customer', 'customer.updated')).toBe(false)
    expect(matchesType('case.*', 'case-note.created')).toBe(false)
  })
})
