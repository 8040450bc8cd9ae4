/** A trace says which row of which table decided, and why; its sentences hold no values of the input. */
import { AT, expressions, graph, INPUT, load, node, OUTPUT, source, table } from '../testing.ts'
import { traceInWords } from './trace.ts'

const inner = source(
  graph(
    [
      INPUT,
      node(
        'Tier',
        'decisionTableNode',
        table(
          ['score', 'len(tags)', '=tier'],
          [
            ['>= 700', '> 1', '"gold"'],
            ['[500..700)', '', '"silver"'],
            ['', '', '"none"'],
          ],
        ),
      ),
      OUTPUT,
    ],
    'in>Tier',
    'Tier>out',
  ),
  { name: 'inner', title: 'The tier' },
)
const outer = source(
  graph(
    [
      INPUT,
      node('Facts', 'expressionNode', expressions({ twice: 'score * 2' }, { passThrough: true })),
      node('Ask', 'decisionNode', { key: 'inner', passThrough: true }),
      node('Way', 'switchNode', {
        statements: [
          { id: 'a', condition: 'tier == "silver"' },
          { id: 'b', condition: '' },
        ],
      }),
      node(
        'Price',
        'decisionTableNode',
        table(
          ['country', 'vip', '=price'],
          [
            ['"NZ", "AU"', 'true', '1'],
            ['"AU"', '', 'twice + 1'],
          ],
        ),
      ),
      node('Else', 'expressionNode', expressions({ price: '0' })),
      OUTPUT,
    ],
    ...['in>Facts', 'Facts>Ask', 'Ask>Way', 'Way:a>Price', 'Way:b>Else', 'Price>out', 'Else>out'],
  ),
  { title: 'The price' },
)
const rules = load(inner, outer)
const INPUT_VALUES = { score: 617, tags: ['red'], country: 'AU', vip: false }

test('tells the way through tables, switches and called rules', () => {
  const { trace, result, revision } = rules.decide('test', INPUT_VALUES, { at: AT, trace: true })
  expect(result).toEqual({ price: 1235 })
  expect(trace).toMatchObject({ rule: 'test', title: 'The price', revision, at: new Date(AT).toISOString() })
  expect(trace === undefined ? [] : traceInWords(trace)).toEqual([
    'Facts: twice is score * 2.',
    'Ask: the rule "The tier" was asked.',
    '  Tier: row 2 "r2" decided, because score is from 500 to below 700.',
    '    row 1 "r1" did not apply: score is not at least 700',
    'Way: it went the way for tier == "silver".',
    'Price: row 2 "r2" decided, because country is "AU".',
    '  row 1 "r1" did not apply: vip is not true',
  ])
})

test('has the values in members of their own, and in no sentence', () => {
  const { trace } = rules.decide('test', INPUT_VALUES, { at: AT, trace: true })
  const price = trace?.steps.find(({ node: name }) => name === 'Price')
  expect(price).toEqual({
    kind: 'table',
    node: 'Price',
    sentence: 'Price: row 2 "r2" decided, because country is "AU".',
    decided: [
      {
        row: 'r2',
        number: 2,
        because: [{ column: 'country', field: 'country', test: '"AU"', value: 'AU' }],
        result: { price: 1235 },
      },
    ],
    refused: [{ row: 'r1', number: 1, failed: { column: 'vip', field: 'vip', test: 'true', value: false } }],
  })
  const lines = trace === undefined ? '' : traceInWords(trace).join()
  expect(lines).not.toMatch(/617|red/)
  expect(trace === undefined ? '' : traceInWords(trace, { values: true }).join()).toContain('score was 617')
})

test('says when no row applied, when a row asks for nothing, and when a result failed', () => {
  const one = load(
    source(
      graph(
        [
          INPUT,
          node(
            'T',
            'decisionTableNode',
            table(
              ['a', '=r'],
              [
                ['1', '2'],
                ['', 'a + "x"'],
              ],
            ),
          ),
          node('U', 'decisionTableNode', table(['a', '=s'], [['', '2']])),
        ],
        'in>T',
        'in>U',
      ),
    ),
  )
  const { trace } = one.decide('test', { a: 5 }, { at: AT, trace: true })
  expect(trace?.steps.map(({ sentence }) => sentence).sort()).toEqual([
    'T: no row applied.',
    'U: row 1 "r1" decided, because it asks for nothing.',
  ])
  expect(trace === undefined ? [] : traceInWords(trace)).toContain(
    '  row 2 "r2" did not apply: a result could not be made',
  )
})

test('is the same decision as without it, and is not there unless asked for', () => {
  expect(rules.decide('test', INPUT_VALUES, { at: AT })).not.toHaveProperty('trace')
  expect(rules.decide('test', INPUT_VALUES, { at: AT, trace: true }).result).toEqual(
    rules.decide('test', INPUT_VALUES, { at: AT }).result,
  )
})

test('numbers the items of a loop', () => {
  const loop = load(
    source(
      graph(
        [
          INPUT,
          node(
            'T',
            'decisionTableNode',
            table(['a', '=r'], [['> 1', '1']], { inputField: 'L', executionMode: 'loop', outputPath: 'all' }),
          ),
        ],
        'in>T',
      ),
    ),
  )
  const { trace } = loop.decide('test', { L: [{ a: 1 }, { a: 2 }] }, { at: AT, trace: true })
  expect(trace?.steps.map((step) => [step.item, step.kind === 'table' && step.decided.length])).toEqual([
    [0, 0],
    [1, 1],
  ])
})
