/** What a caller does not send is made out of what the hub read; what a rule says wrongly about that is told when it is loaded. */
import type { JsonObject } from '../contracts/json.ts'
import { traceInWords } from './evaluate/trace.ts'
import { AT, expressions, faults, graph, INPUT, load, node, OUTPUT, single, source } from './testing.ts'

const ASKED = single('expressionNode', expressions({ answer: 'months + missed' }))
const ENVELOPE: JsonObject = {
  timeZone: 'Australia/Sydney',
  reads: ['customer', 'invoices'],
  fill: {
    months: {
      value: 'floor((date(now) - date(customer.createdAt)) / 2629746)',
      says: 'whole months since the hub first had the customer',
    },
    missed: 'count(invoices, #.status == "overdue")',
  },
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['months', 'missed'],
    properties: {
      months: { type: 'integer' },
      missed: { type: 'integer' },
      customer: { $ref: 'https://omnihub.dev/schemas/customer-record/1.0', required: [] },
      invoices: { type: 'array', items: { type: 'object' } },
    },
  },
  output: { type: 'object' },
}
const KNOWN = { customer: { createdAt: '2023-07-01T00:00:00Z' }, invoices: [{ status: 'overdue' }, { status: 'paid' }] }
const rules = load(source(ASKED, ENVELOPE))
const decide = (input: JsonObject) => rules.decide('test', input, { at: AT, trace: true })

const changed = (envelope: JsonObject): string[] => faults(source(ASKED, { ...ENVELOPE, ...envelope }))
const filling = (fill: JsonObject): string[] => changed({ fill })

describe('A member that is not sent', () => {
  test('is made out of what was read', () => {
    const { result, filled } = decide(KNOWN)
    expect(filled).toEqual({ months: 32, missed: 1 })
    expect(result).toEqual({ answer: 33 })
  })

  test('is not made where it is sent: that is how "what if" is asked', () => {
    const { result, filled } = decide({ ...KNOWN, months: 5 })
    expect(filled).toEqual({ missed: 1 })
    expect(result).toEqual({ answer: 6 })
    expect(decide({ months: 1, missed: 2 })).not.toHaveProperty('filled')
  })

  test('is told with what it was made from, in words', () => {
    const { trace } = decide({ ...KNOWN, missed: 0 })
    const lines = trace === undefined ? [] : traceInWords(trace)
    expect(lines[0]).toBe(
      'months is 32, filled in from customer.createdAt and now: whole months since the hub first had the customer.',
    )
    const own = decide({ ...KNOWN, months: 0 }).trace
    expect(own === undefined ? [] : traceInWords(own)[0]).toBe(
      'missed is 1, filled in from invoices: count(invoices, #.status == "overdue").',
    )
  })

  test('stays absent where nothing is known of it, and the refusal says what to send', () => {
    const thrown = (input: JsonObject): unknown => {
      try {
        return decide(input)
      } catch (error) {
        return error
      }
    }
    expect(thrown({ customer: {}, invoices: [] })).toMatchObject({
      code: 'rule.input.invalid',
      where: '/months',
      fix: expect.stringMatching(/^Send it, or name what the hub can fill it in from: customer: \{id\}\./) as string,
    })
    expect(thrown({ months: 1 })).toMatchObject({ code: 'rule.input.invalid', where: '/missed' })
  })

  test('is made by a rule that is called too, of what the caller hands over and no more than its input describes', () => {
    const narrow = structuredClone(ENVELOPE)
    const { properties } = narrow['input'] as { properties: JsonObject }
    properties['customer'] = {
      type: 'object',
      additionalProperties: false,
      properties: { createdAt: { type: 'string' } },
    }
    const asking = graph([INPUT, node('Ask', 'decisionNode', { key: 'inner' }), OUTPUT], 'in>Ask', 'Ask>out')
    const both = load(source(ASKED, { ...narrow, name: 'inner' }), source(asking))
    const customer = { ...KNOWN.customer, status: 'active' }
    const { result, trace } = both.decide('test', { ...KNOWN, customer }, { at: AT, trace: true })
    expect(result).toEqual({ answer: 33 })
    expect(trace === undefined ? [] : traceInWords(trace)).toContain(
      '  missed is 1, filled in from invoices: count(invoices, #.status == "overdue").',
    )
    expect(() => both.decide('inner', { ...KNOWN, customer }, { at: AT })).toThrow('/customer/status')
  })

  test('is the same however often, and is nothing of the input that was sent', () => {
    const input = structuredClone(KNOWN) as JsonObject
    expect(decide(input).result).toEqual(decide(input).result)
    expect(input).toEqual(KNOWN)
  })

  test('is refused where a value is beyond what expressions may calculate with', () => {
    expect(() => decide({ ...KNOWN, invoices: Array.from({ length: 6_000 }, () => ({ status: 'paid' })) })).toThrow(
      'too large, too long or too deep',
    )
  })
})

describe('A rule is not loaded', () => {
  test('where it fills in a member that the input does not have', () => {
    expect(filling({ month: 'customer.createdAt' })).toEqual([
      'rule.envelope.invalid test.rule.yaml#/fill/month: The input has no member "month" to fill in.',
    ])
  })

  test('where the expression can not be compiled, or may not be used', () => {
    expect(filling({ months: 'floor(customer.' })[0]).toContain('rule.expression.invalid test.rule.yaml#/fill/months')
    expect(filling({ months: { value: 'rand(5) + customer.version' } })[0]).toContain('#/fill/months/value')
    expect(filling({ months: "date('now') - date(customer.createdAt)" })[0]).toContain('rule.expression.invalid')
  })

  test('where it reads what is not in reads, or misspells what is', () => {
    expect(filling({ months: 'len(accounts)' })[0]).toContain('"accounts" is not in reads, so the hub does not have it')
    expect(filling({ months: 'customer.createAt' })[0]).toContain('the schema has no "createAt"')
    expect(filling({ months: 'customer.emails[0].adress' })[0]).toContain('the schema has no "adress"')
    expect(filling({ months: 'missed + len(invoices)' })[0]).toContain('"missed" is not in reads')
  })

  test('where it asks for the clock without a time zone, or reads nothing', () => {
    const { timeZone: _, ...without } = ENVELOPE
    expect(faults(source(ASKED, without))[0]).toContain('"now" is known only to rules that say a time zone')
    expect(filling({ months: '12' })[0]).toContain('reads nothing that the hub reads')
    expect(filling({ months: 'floor(date(now) / 2629746)' })[0]).toContain('reads nothing that the hub reads')
  })

  test('where a member is both read and filled in', () => {
    expect(filling({ customer: 'invoices[0].customer' })[0]).toContain('is read by the hub, so it can not be filled in')
  })

  test('where a fill is neither an expression nor a value with words', () => {
    for (const fill of [5, null, {}, { value: 5 }, { value: 'customer.version', say: 'x' }, ''] as const) {
      expect(filling({ months: fill as never })[0]).toContain('rule.envelope.invalid')
    }
  })
})

test('A rule in the path of changes may require what it fills in from the changed document', () => {
  const envelope: JsonObject = {
    reads: ['invoice'],
    fill: { total: 'number(invoice.total.amount)' },
    onChange: { entity: 'invoice', does: 'enrich' },
    input: {
      type: 'object',
      additionalProperties: false,
      required: ['total'],
      properties: { total: { type: 'number' }, invoice: { type: 'object' } },
    },
  }
  const document = single('expressionNode', expressions({ 'attributes.size': 'total > 100 ? "large" : "small"' }))
  const input = { invoice: { total: { amount: '120.00', currency: 'AUD' } } }
  expect(load(source(document, envelope)).decide('test', input, { at: AT }).result).toEqual({
    attributes: { size: 'large' },
  })
  const { fill: _, ...without } = envelope
  expect(faults(source(document, without))[0]).toContain('requires "total", which a change does not have')
})
