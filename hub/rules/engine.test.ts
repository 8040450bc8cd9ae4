/** Decisions are those of the Zen engine: random graphs, tables and inputs, decided by both. */
import { ZenDecisionContent, ZenEngine } from '@gorules/zen-engine'
import fc from 'fast-check'
import type { Json, JsonObject } from '../contracts/json.ts'
import { HubError } from '../contracts/hub-error.ts'
import { loadRules } from './rule-set.ts'
import type { RuleSet } from './rule-set.ts'
import { AT, expressions, graph, INPUT, load, node, OUTPUT, single, source, table } from './testing.ts'

const scalar = fc.oneof(
  fc.integer({ min: -5, max: 15 }),
  fc.constantFrom(0.5, 2.25, 'gold', 'silver', '', 'x'),
  fc.boolean(),
  fc.constant(null),
)
const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.record({ p: scalar, q: scalar }, { requiredKeys: [] }) },
)
const input = fc.record(
  {
    a: value,
    b: value,
    c: fc.record({ d: value, e: value }, { requiredKeys: [] }),
    L: fc.array(fc.record({ a: scalar, n: fc.integer({ min: 0, max: 9 }) }, { requiredKeys: [] }), { maxLength: 3 }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>

const flatInput = fc.record(
  {
    a: scalar,
    b: scalar,
    c: fc.record({ d: scalar, e: scalar }),
    L: fc.array(fc.record({ a: scalar }), { maxLength: 3 }),
  },
  { requiredKeys: ['c', 'L'] },
)

const literal = fc.constantFrom('0', '1', '7', '-3', '2.25', '"gold"', "'silver'", 'true', 'false', 'null', '""')
const field = fc.constantFrom('a', 'b', 'c.d', 'c.e', 'c', 'r', 's.t', 'z')
const cellTest = fc.oneof(
  fc.constant(''),
  literal,
  fc.tuple(fc.constantFrom('>', '>=', '<', '<=', '==', '!='), fc.oneof(literal, field)).map((it) => it.join(' ')),
  fc.constantFrom('[1..7]', '(0..5)', ']1..5[', '[c.d..7]', '["gold", "silver", 1]', '[a, 1]', 'in [1, 2, null]'),
  fc.constantFrom('"gold", "silver"', '> 3 and < 9', 'null, > 5', '> 5 or "gold"', 'not in ["x"]', 'c.d', '!= c.d'),
  fc.constantFrom('contains($, "ol")', '$ > 3', 'len($) > 1', 'startsWith($, "g") or > 5', '> 2 + 3', 'not($ == 1)'),
)
/** Without objects: see `apart`. */
const flatCalculation = fc.oneof(
  fc.constant(''),
  literal,
  fc.constantFrom('a', 'b', 'c.d', 'c.e', 'z', '1 + 2', 'a + 1', 'a ?? 5', 'len(L)', 'a == b', 'a > 3 and b == "x"'),
)
const calculation = fc.oneof(flatCalculation, field, fc.constantFrom('[1, a]', '{ x: a == b, y: 1 }', 'map(L, #.n)'))
const condition = fc.constantFrom(
  '',
  'a > 3',
  'b == "gold"',
  'c.d',
  'a == null',
  'a in [1, 2, 3]',
  'true',
  'len(L) > 1',
)
const column = fc.constantFrom('a', 'b', 'c.d', 'len(L)', 'a + 1', 'c', 'r')

const transform = fc.oneof(
  { weight: 4, arbitrary: fc.constant<JsonObject>({}) },
  {
    weight: 2,
    arbitrary: fc.record({
      passThrough: fc.boolean(),
      outputPath: fc.constantFrom('', 'r', 's.t'),
    }) as fc.Arbitrary<JsonObject>,
  },
  { weight: 1, arbitrary: fc.constant<JsonObject>({ inputField: 'L', executionMode: 'loop', outputPath: 'r' }) },
  { weight: 1, arbitrary: fc.constant<JsonObject>({ inputField: 'c', passThrough: true }) },
  {
    weight: 1,
    arbitrary: fc.constant<JsonObject>({ inputField: 'L', executionMode: 'loop', outputPath: 'L', passThrough: true }),
  },
)

type Made = [type: string, content: JsonObject]

function workers(result: fc.Arbitrary<string>): fc.Arbitrary<Made> {
  const tables = fc
    .tuple(
      fc.uniqueArray(column, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(['=r'], ['=r', '=s.t'], ['=c.d', '=k'], ['=a']),
      fc.array(fc.tuple(fc.tuple(cellTest, cellTest, cellTest), fc.tuple(result, result)), { maxLength: 4 }),
      fc.constantFrom('first', 'collect'),
      transform,
    )
    .map(([columns, outputs, rows, hitPolicy, more]): Made => [
      'decisionTableNode',
      table(
        [...columns, ...outputs],
        rows.map(([tests, results]) => [...tests.slice(0, columns.length), ...results]),
        // A list as the output of a node that others read is refused, so it gets a place.
        { hitPolicy, ...more, ...(hitPolicy === 'collect' && !more['outputPath'] ? { outputPath: 'r' } : {}) },
      ),
    ])
  const calculations = fc
    .tuple(result, result, result, transform)
    .map(([r, t, k, more]): Made => [
      'expressionNode',
      expressions({ r, 's.t': t, k, after: '$.r', deep: '$.s.t ?? 1' }, more),
    ])
  return fc.oneof(tables, calculations)
}

const worker = workers(calculation)
/**
 * Where several nodes end a graph, the engine merges their outputs in place: an object of the input that one of them
 * gives as a result changes wherever else it stands. Ours does not, so no such results here.
 */
const flatWorker = workers(flatCalculation)
const switchContent = fc
  .tuple(condition, condition, fc.constantFrom('first', 'collect'))
  .map(([one, two, hitPolicy]) => ({
    hitPolicy,
    statements: [
      { id: 's1', condition: one },
      { id: 's2', condition: two },
    ],
  }))

const chain = fc
  .array(worker, { minLength: 1, maxLength: 3 })
  .map((workers) =>
    graph(
      [INPUT, ...workers.map(([type, content], at) => node(`n${at}`, type, content)), OUTPUT],
      ...workers.map((_, at) => `${at === 0 ? 'in' : `n${at - 1}`}>n${at}`),
      `n${workers.length - 1}>out`,
    ),
  )
/** Two ways that meet again, or that end without an output node. */
const diamond = fc
  .tuple(worker, worker, worker, fc.boolean(), fc.constantFrom(['in>n0', 'in>n1'], ['in>n1', 'in>n0']))
  .map(([[t0, c0], [t1, c1], [t2, c2], hasOutput, first]) =>
    graph(
      [INPUT, node('n0', t0, c0), node('n1', t1, c1), node('n2', t2, c2), ...(hasOutput ? [OUTPUT] : [])],
      ...first,
      'n0>n2',
      'n1>n2',
      'in>n2',
      ...(hasOutput ? ['n2>out'] : []),
    ),
  )
const apart = fc
  .tuple(switchContent, flatWorker, flatWorker, flatWorker)
  .map(([sw, [t0, c0], [t1, c1], [t2, c2]]) =>
    graph(
      [INPUT, node('sw', 'switchNode', sw), node('n0', t0, c0), node('n1', t1, c1), node('n2', t2, c2)],
      ...['in>n2', 'n2>sw', 'sw:s1>n0', 'sw:s2>n1', 'in>n1'],
    ),
  )
const switched = fc
  .tuple(switchContent, worker, worker, worker, switchContent, fc.integer({ min: 0, max: 2 }))
  .map(([first, [t0, c0], [t1, c1], [t2, c2], second, form]) => {
    const nodes = [INPUT, node('sw', 'switchNode', first), node('n0', t0, c0), node('n1', t1, c1), node('n2', t2, c2)]
    const forms = [
      graph([...nodes, OUTPUT], 'in>sw', 'sw:s1>n0', 'sw:s2>n1', 'n0>n2', 'n1>n2', 'n2>out'),
      graph([...nodes, OUTPUT], 'in>sw', 'in>n2', 'sw:s1>n0', 'sw:s2>n1', 'n0>out', 'n1>out', 'n2>out'),
      graph(
        [...nodes, node('sx', 'switchNode', second), OUTPUT],
        ...['in>sw', 'sw:s1>n0', 'sw:s2>sx', 'sx:s1>n1', 'sx:s2>n2', 'n0>out', 'n1>out', 'n2>out', 'sx:s2>out'],
      ),
    ]
    return forms[form] as JsonObject
  })

/** The engine's answer; undefined: it failed. */
async function byEngine(engine: ZenEngine, document: JsonObject, given: JsonObject): Promise<Json | undefined> {
  const response = await engine.createDecision(document).safeEvaluate(given)
  return response.success ? (response.data.result as Json) : undefined
}

/** Refused on purpose, where the engine goes on with something that nobody meant; see docs/integration-engineers/rules.md. */
const STRICTER = ['rule.node.input', 'rule.value.beyond-limits']
const REFUSED = Symbol('refused')

function loaded(document: JsonObject): RuleSet | undefined {
  const result = loadRules([source(document)])
  if (result.ok) return result.rules
  // A field that nothing gives is an error for us and null for the engine; anything else would be a fault of this test.
  for (const { code, message } of result.errors) expect([code, message]).toEqual(['rule.field.unknown', message])
  return undefined
}

/** Ours; undefined: the rule failed on this input. */
function byRule(rules: RuleSet, given: JsonObject, trace: boolean): Json | undefined | typeof REFUSED {
  try {
    return rules.decide('test', given, { at: AT, trace }).result
  } catch (thrown) {
    if (!(thrown instanceof HubError)) throw thrown
    if (STRICTER.includes(thrown.code)) return REFUSED
    // A list is no result of a rule.
    if (thrown.code === 'rule.output.invalid' && thrown.where === '') return REFUSED
    if (thrown.code === 'rule.expression.failed') return undefined
    throw thrown
  }
}

const TIMEOUT_MS = 60_000

describe('decisions are those of the engine', () => {
  const engine = new ZenEngine()
  afterAll(() => engine.dispose())

  test.each([
    ['chains of tables and expressions', chain, input, 500],
    ['ways that meet', diamond, input, 250],
    ['switches', switched, input, 500],
    ['ways that end apart', apart, flatInput, 250],
  ] as const)(
    '%s',
    async (_, graphs, inputs, runs) => {
      let decided = 0
      await fc.assert(
        fc.asyncProperty(
          graphs,
          fc.array(inputs, { minLength: 3, maxLength: 3 }),
          fc.boolean(),
          async (document, all, traced) => {
            const rules = loaded(document)
            if (rules === undefined) return
            for (const given of all) {
              const before = JSON.stringify(given)
              const ours = byRule(rules, given, traced)
              if (ours === REFUSED) continue
              const theirs = await byEngine(engine, document, given)
              if (ours !== undefined) decided++
              expect(JSON.stringify(given)).toBe(before)
              expect({ given, result: ours }).toEqual({ given, result: theirs })
            }
          },
        ),
        { numRuns: runs },
      )
      expect(decided).toBeGreaterThan(runs / 2)
    },
    TIMEOUT_MS,
  )

  test('a rule that calls a rule gives what the engine gives', async () => {
    const inner = single(
      'decisionTableNode',
      table(
        ['a', '=tier', '=k'],
        [
          ['> 3', '"high"', 'a * 2'],
          ['', '"low"', 'null'],
        ],
      ),
    )
    const outer = graph(
      [
        INPUT,
        node('call', 'decisionNode', { key: 'inner.json', passThrough: true }),
        node('e', 'expressionNode', expressions({ r: 'tier + "!"', k: 'k', n: '$nodes.call.tier' })),
        OUTPUT,
      ],
      ...['in>call', 'call>e', 'e>out'],
    )
    const content = new ZenDecisionContent(inner)
    const theirEngine = new ZenEngine({ loader: () => Promise.resolve(content) })
    const rules = load(source(outer), source(inner, { name: 'inner' }))
    for (const a of [1, 5, null, 'x']) {
      const theirs = (await theirEngine.createDecision(outer).evaluate({ a })).result as Json
      expect(rules.decide('test', { a }, { at: AT }).result).toEqual(theirs)
    }
    theirEngine.dispose()
  })
})
