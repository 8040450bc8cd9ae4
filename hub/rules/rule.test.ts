/** Decisions: the input, the moment, the result, the revision and what stops a run-away. */
import type { HubError } from '../contracts/hub-error.ts'
import type { Json, JsonObject } from '../contracts/json.ts'
import { AT, expressions, graph, INPUT, load, node, OUTPUT, single, source, table } from './testing.ts'

const CLOSED = (properties: JsonObject, required: string[] = []): JsonObject => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
})
const TIERS = single(
  'decisionTableNode',
  table(
    ['score', '=tier'],
    [
      ['>= 700', '"gold"'],
      ['>= 500', '"silver"'],
    ],
  ),
)
const tiers = load(
  source(TIERS, {
    input: CLOSED({ score: { type: 'integer' }, name: { type: 'string', maxLength: 10 } }, ['score']),
    output: CLOSED({ tier: { enum: ['gold', 'silver'] } }, ['tier']),
  }),
)

function errorOf(decide: () => unknown): Partial<HubError> {
  try {
    decide()
  } catch (thrown) {
    const { code, family, where, message, facts } = thrown as HubError
    return { code, family, where, message, facts }
  }
  throw new Error('nothing was thrown')
}

describe('the input', () => {
  const secret = 'Ada-Lovelace-secret'
  test.each<[string, unknown, string, string]>([
    ['a wrong type', { score: secret }, '/score', 'must be a whole number'],
    ['a missing member', {}, '/score', 'must be there'],
    ['a member too many', { score: 1, [secret.slice(0, 3)]: secret }, '/Ada', 'is not a member of this object'],
    ['a text too long', { score: 1, name: secret }, '/name', 'must have at most 10 characters'],
    ['null', null, '', 'must be an object'],
    ['a list', [], '', 'must be an object'],
    ['a number', 1, '', 'must be an object'],
    ['nothing', undefined, '', 'must be a JSON value'],
    ['a number that JSON cannot say', { score: Number.NaN }, '/score', 'must be a JSON value'],
    ['a function', { score: () => 1 }, '/score', 'must be a JSON value'],
    ['a prototype', JSON.parse('{"score":1,"__proto__":{"tier":"gold"}}'), '/__proto__', 'cannot use this name'],
    ['a name of the engine', { score: 1, $nodes: {} }, '/$nodes', 'cannot use this name'],
  ])('%s is refused with its place, and without its value', (_, input, where, message) => {
    const error = errorOf(() => tiers.decide('test', input as JsonObject, { at: AT }))
    expect(error).toMatchObject({ code: 'rule.input.invalid', family: 'reject', where, facts: { rule: 'test' } })
    expect(error.message).toContain(message)
    expect(error.message).not.toContain(secret)
  })

  test('what is deep or huge is refused before it costs anything', () => {
    const open = load(source(TIERS))
    const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`) as JsonObject
    expect(errorOf(() => open.decide('test', deep, { at: AT })).message).toContain('nested deeper than 32')
    const huge = { list: Array.from({ length: 60_000 }, () => 1) }
    expect(errorOf(() => open.decide('test', huge, { at: AT })).message).toContain('at most 50000 values')
  })

  test('is not changed, and the result shares nothing with it', () => {
    const given = { score: 800, inner: { list: [{ x: 1 }] } }
    const before = structuredClone(given)
    const through = load(
      source(single('expressionNode', expressions({ copy: 'inner', 'made.of': 'inner.list' }, { passThrough: true }))),
    )
    const { result } = through.decide('test', given, { at: AT })
    expect(result).toEqual({ ...before, copy: before.inner, made: { of: before.inner.list } })
    ;((result['copy'] as JsonObject)['list'] as Json[]).push(2)
    ;(result['inner'] as JsonObject)['y'] = 1
    expect(given).toEqual(before)
  })

  test('text that is no Unicode comes out as the engine would give it', () => {
    const echo = load(source(single('expressionNode', expressions({ r: 'a' }))))
    expect(echo.decide('test', { a: 'x\uD800y\u0000' }, { at: AT }).result).toEqual({ r: 'x\uFFFDy\u0000' })
  })
})

describe('the result', () => {
  test('no row for an input is a fault of the rule, which names the table', () => {
    const error = errorOf(() => tiers.decide('test', { score: 3 }, { at: AT }))
    expect(error).toMatchObject({
      code: 'rule.output.invalid',
      family: 'config',
      where: '/tier',
      facts: { undecided: ['N'] },
    })
    expect(error.message).toBe(
      'The rule test gave a result that breaks its output schema: /tier must be there. No row applied in N.',
    )
  })

  test('a list at the end is no result', () => {
    const list = load(source(single('decisionTableNode', table(['a', '=r'], [['', '1']], { hitPolicy: 'collect' }))))
    expect(errorOf(() => list.decide('test', {}, { at: AT }))).toMatchObject({ code: 'rule.output.invalid', where: '' })
  })

  test('an expression that fails is a fault of the rule, which names the node and the result', () => {
    const sum = load(source(single('expressionNode', expressions({ total: 'a + b' }))))
    expect(sum.decide('test', { a: 0.1, b: 0.2 }, { at: AT }).result).toEqual({ total: 0.3 })
    expect(errorOf(() => sum.decide('test', { a: 1, b: 'secret' }, { at: AT }))).toMatchObject({
      code: 'rule.expression.failed',
      family: 'config',
      message: 'In the rule test, node N: total could not be calculated from this input.',
    })
  })

  test('a list where members are read is told, and not taken for nothing', () => {
    const loop = load(
      source(
        single(
          'expressionNode',
          expressions({ r: 'a' }, { inputField: 'L', executionMode: 'loop', outputPath: 'all' }),
        ),
      ),
    )
    expect(loop.decide('test', { L: [{ a: 1 }, {}] }, { at: AT }).result).toEqual({ all: [{ r: 1 }, { r: null }] })
    expect(errorOf(() => loop.decide('test', { L: [1] }, { at: AT }))).toMatchObject({ code: 'rule.node.input' })
    expect(errorOf(() => loop.decide('test', { L: 1 }, { at: AT }))).toMatchObject({ code: 'rule.expression.failed' })
  })
})

describe('what the native engine would die of', () => {
  const product = load(source(single('expressionNode', expressions({ r: 'a * a' }))))
  test.each([1e15, 1e300, 1e-300, -1e29])('a number like %p is refused and the process lives', (a) => {
    expect(errorOf(() => product.decide('test', { a }, { at: AT }))).toMatchObject({
      code: 'rule.value.beyond-limits',
      family: 'reject',
    })
  })

  test('a value that an earlier node made is looked at too', () => {
    const growing = graph(
      [INPUT, ...[0, 1, 2, 3].map((at) => node(`n${at}`, 'expressionNode', expressions({ a: 'a * a * a' }))), OUTPUT],
      ...['in>n0', 'n0>n1', 'n1>n2', 'n2>n3', 'n3>out'],
    )
    expect(errorOf(() => load(source(growing)).decide('test', { a: 9 }, { at: AT }))).toMatchObject({
      code: 'rule.value.beyond-limits',
    })
  })

  test('texts that double in each node end at a limit', () => {
    const nodes = Array.from({ length: 40 }, (_, at) => node(`n${at}`, 'expressionNode', expressions({ t: 't + t' })))
    const document = graph([INPUT, ...nodes], 'in>n0', ...nodes.slice(1).map((_, at) => `n${at}>n${at + 1}`))
    const start = performance.now()
    expect(errorOf(() => load(source(document)).decide('test', { t: 'xx' }, { at: AT }))).toMatchObject({
      code: 'rule.value.beyond-limits',
    })
    expect(performance.now() - start).toBeLessThan(5_000)
  })

  test('a table whose every row goes over long lists ends with what expressions may cost together', () => {
    const rows = Array.from({ length: 3_000 }, (_, at) => [`count($, some($, # == ${at})) > 1`, '1'])
    const document = single('decisionTableNode', table(['L', '=r'], rows))
    const input = { L: Array.from({ length: 300 }, () => -1) }
    const start = performance.now()
    expect(errorOf(() => load(source(document)).decide('test', input, { at: AT }))).toMatchObject({
      code: 'rule.too-long',
      family: 'reject',
      message: expect.stringContaining('too much to do') as string,
    })
    expect(performance.now() - start).toBeLessThan(5_000)
  })

  test('loops in loops end at a number of steps', () => {
    const inner = source(
      single(
        'decisionTableNode',
        table(
          ['a', '=r'],
          Array.from({ length: 300 }, () => ['> 1', '1']),
          { inputField: 'L', executionMode: 'loop', outputPath: 'r' },
        ),
      ),
      { name: 'inner' },
    )
    const outer = source(
      single('decisionNode', { key: 'inner', inputField: 'L', executionMode: 'loop', outputPath: 'all' }),
    )
    const L = Array.from({ length: 60 }, () => ({ a: 0, L: Array.from({ length: 60 }, () => ({ a: 0 })) }))
    expect(errorOf(() => load(inner, outer).decide('test', { L }, { at: AT }))).toMatchObject({
      code: 'rule.too-long',
      family: 'reject',
    })
  })
})

describe('the moment', () => {
  const dated = (name: string, r: string, validFrom?: string, validTo?: string): ReturnType<typeof source> =>
    source(single('expressionNode', expressions({ r })), {
      name,
      timeZone: 'Australia/Sydney',
      ...(validFrom === undefined ? {} : { validFrom }),
      ...(validTo === undefined ? {} : { validTo }),
    })
  const rules = load(
    dated('fee', '"old"', undefined, '2026-03-01'),
    dated('fee', '"new"', '2026-03-01', '2027-01-01T00:00:00Z'),
    source(graph([INPUT, node('c', 'decisionNode', { key: 'fee' })], 'in>c'), { name: 'caller' }),
  )
  const at = (text: string): number => Date.parse(text)

  test.each([
    ['2026-02-28T12:59:59.999Z', 'old'],
    ['2026-02-28T13:00:00Z', 'new'],
    ['2026-12-31T23:59:59.999Z', 'new'],
  ])('at %s the %s version holds: days begin in the zone of the rule', (moment, r) => {
    expect(rules.decide('fee', {}, { at: at(moment) }).result).toEqual({ r })
    expect(rules.decide('caller', {}, { at: at(moment) }).result).toEqual({ r })
  })

  test('outside of all versions there is no decision, for callers neither', () => {
    for (const name of ['fee', 'caller'])
      expect(errorOf(() => rules.decide(name, {}, { at: at('2027-01-01T00:00:00Z') }))).toMatchObject({
        code: 'rule.not-in-force',
      })
  })

  test('an unknown rule is 404, with the nearest name', () => {
    expect(errorOf(() => rules.decide('calller', {}, { at: AT }))).toMatchObject({
      code: 'rule.unknown',
      family: 'reject',
    })
  })

  test('now and today are those of the moment, in the zone, on both sides of midnight and of summer time', () => {
    const clock = load(
      source(single('expressionNode', expressions({ now: 'now', today: 'today' })), { timeZone: 'Australia/Sydney' }),
    )
    const today = (text: string): Json | undefined => clock.decide('test', {}, { at: at(text) }).result['today']
    expect(clock.decide('test', {}, { at: at('2026-03-01T00:00:00Z') }).result).toEqual({
      now: '2026-03-01T00:00:00.000Z',
      today: '2026-03-01',
    })
    expect(today('2026-03-01T12:59:59Z')).toBe('2026-03-01')
    expect(today('2026-03-01T13:00:00Z')).toBe('2026-03-02')
    expect(today('2026-07-01T13:59:59Z')).toBe('2026-07-01')
    expect(today('2026-07-01T14:00:00Z')).toBe('2026-07-02')
  })
})

describe('the revision', () => {
  const revision = (document: Json, envelope: JsonObject = {}): string | undefined =>
    load(source(document, envelope)).versions('test')[0]?.revision

  test('is the same for another layout and order of members, and another for any change', () => {
    const one = revision(TIERS)
    expect(one).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(revision(Object.fromEntries(Object.entries(TIERS).reverse()))).toBe(one)
    expect(revision(TIERS, { title: 'Other' })).not.toBe(one)
    expect(
      revision(
        single(
          'decisionTableNode',
          table(
            ['score', '=tier'],
            [
              ['>= 701', '"gold"'],
              ['>= 500', '"silver"'],
            ],
          ),
        ),
      ),
    ).not.toBe(one)
  })

  test('comes with each decision, and with those of the rules that were called', () => {
    const caller = source(graph([INPUT, node('c', 'decisionNode', { key: 'inner' })], 'in>c'))
    const rules = load(caller, source(TIERS, { name: 'inner' }))
    const decision = rules.decide('test', { score: 900 }, { at: AT })
    expect(decision.called).toEqual({ inner: rules.versions('inner')[0]?.revision })
    expect(decision.revision).toBe(rules.versions('test')[0]?.revision)
    expect(tiers.decide('test', { score: 900 }, { at: AT })).not.toHaveProperty('called')
  })
})

test('a called rule gets the members that it describes, and its input is checked', () => {
  const inner = source(TIERS, { name: 'inner', input: CLOSED({ score: { type: 'integer' } }, ['score']) })
  const rules = load(source(graph([INPUT, node('c', 'decisionNode', { key: 'inner' })], 'in>c')), inner)
  expect(rules.decide('test', { score: 600, more: 'x' }, { at: AT }).result).toEqual({ tier: 'silver' })
  expect(errorOf(() => rules.decide('test', { score: 'x' }, { at: AT }))).toMatchObject({
    code: 'rule.input.invalid',
    where: '/score',
    facts: { rule: 'inner' },
  })
})
