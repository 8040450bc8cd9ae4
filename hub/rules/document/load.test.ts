/** What is wrong with the documents of a rule is found when it is loaded, with place and fix. */
import type { Json, JsonObject } from '../../contracts/json.ts'
import { loadRules } from '../rule-set.ts'
import { LIMITS } from '../limits.ts'
import { expressions, faults, graph, INPUT, load, node, OUTPUT, single, source, table } from '../testing.ts'

const RIGHT = single(
  'decisionTableNode',
  table(
    ['a', '=r'],
    [
      ['> 1', '"x"'],
      ['', '"y"'],
    ],
  ),
)

function texts(envelope: string, document: string): string[] {
  const result = loadRules([
    { envelope: { file: 'e.yaml', text: envelope }, graph: { file: 'g.json', text: document } },
  ])
  return result.ok ? [] : result.errors.map(({ code, message }) => `${code} ${message}`)
}

const ENVELOPE = 'name: a\ntitle: A\nsentence: S.\ninput: { type: object }\noutput: { type: object }\n'
const withTable = (change: (content: JsonObject) => void): Json => {
  const content = table(['a', '=r'], [['> 1', '"x"']])
  change(content)
  return single('decisionTableNode', content)
}

test('what is right loads', () => {
  expect(texts(ENVELOPE, JSON.stringify(RIGHT))).toEqual([])
})

describe('the texts', () => {
  test.each([
    ['an empty graph', ENVELOPE, '', 'rule.json.invalid g.json: The document is not valid JSON'],
    ['half a graph', ENVELOPE, '{"nodes": [', 'rule.json.invalid g.json'],
    ['a graph that is a number', ENVELOPE, '1', 'rule.graph.invalid g.json: The document must be an object'],
    [
      'a graph without nodes',
      ENVELOPE,
      '{"edges":[]}',
      'rule.graph.invalid g.json#/nodes: The document has no list of nodes',
    ],
    ['a graph a million levels deep', ENVELOPE, '['.repeat(1_000_000), 'rule.document.too-deep g.json'],
    ['a graph too deep by one', ENVELOPE, `${'['.repeat(33)}${']'.repeat(33)}`, 'rule.document.too-deep g.json'],
    ['a graph of two megabytes', ENVELOPE, `"${'x'.repeat(2_000_000)}"`, 'rule.document.too-large g.json'],
    [
      'a prototype in the graph',
      ENVELOPE,
      '{"nodes":[{"__proto__":{}}],"edges":[]}',
      'rule.document.invalid g.json#/nodes/0: The name "__proto__"',
    ],
    ['an empty envelope', '', JSON.stringify(RIGHT), 'rule.envelope.invalid e.yaml: The envelope must be an object'],
    ['an envelope that is no YAML', 'a: [', JSON.stringify(RIGHT), 'rule.yaml.invalid e.yaml: Line 1'],
    ['a key twice', `${ENVELOPE}name: b\n`, JSON.stringify(RIGHT), 'rule.yaml.invalid e.yaml: Line 6'],
    [
      'aliases that grow',
      'a: &a [x, x]\nb: [*a, *a]\n',
      JSON.stringify(RIGHT),
      'rule.yaml.invalid e.yaml: Anchors, aliases and tags',
    ],
    ['a tag', 'a: !!js/function "x"\n', JSON.stringify(RIGHT), 'rule.yaml.invalid e.yaml'],
    [
      'an envelope a hundred thousand levels deep',
      `a: ${'['.repeat(100_000)}`,
      JSON.stringify(RIGHT),
      'rule.document.too-deep e.yaml',
    ],
    [
      'deep block YAML',
      Array.from({ length: 60 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      JSON.stringify(RIGHT),
      'rule.document.too-deep e.yaml',
    ],
  ])('%s', (_, envelope, document, expected) => {
    expect(texts(envelope, document)[0]).toContain(expected)
  })
})

describe('the envelope', () => {
  test.each<[string, JsonObject, string]>([
    ['a misspelt key', { titel: 'x' }, 'rule.envelope.invalid test.rule.yaml#/titel: "titel" is not a member'],
    ['a name with spaces', { name: 'My rule' }, 'rule.envelope.invalid My rule.rule.yaml#/name'],
    ['no title', { title: '' }, 'rule.envelope.invalid test.rule.yaml#/title: "title" must not be empty'],
    [
      'a day that does not exist',
      { validFrom: '2026-02-30' },
      'rule.envelope.invalid test.rule.yaml#/validFrom: "2026-02-30" is no date',
    ],
    [
      'a moment without a zone',
      { validFrom: '2026-02-03T10:00:00' },
      'rule.envelope.invalid test.rule.yaml#/validFrom',
    ],
    [
      'an end before the beginning',
      { validFrom: '2026-02-03', validTo: '2026-02-03' },
      'rule.envelope.invalid test.rule.yaml#/validTo: The rule ends before',
    ],
    [
      'a zone that does not exist',
      { timeZone: 'Mars/Base' },
      'rule.envelope.invalid test.rule.yaml#/timeZone: The time zone "Mars/Base"',
    ],
    ['a schema that is none', { input: { type: 'objekt' } }, 'rule.schema.invalid test.rule.yaml#/input'],
    [
      'a schema with a misspelt keyword',
      { output: { type: 'object', propertys: {} } },
      'rule.schema.invalid test.rule.yaml#/output',
    ],
    [
      'a schema of something else',
      { input: { type: 'array' } },
      'rule.schema.invalid test.rule.yaml#/input: The input is no usable JSON Schema: it must say "type: object"',
    ],
    [
      'a reference to nothing',
      { input: { type: 'object', properties: { a: { $ref: 'https://omnihub.dev/schemas/custmer/1.0' } } } },
      'names no canonical schema',
    ],
    [
      'a reference to no part',
      {
        input: {
          type: 'object',
          properties: { a: { $ref: 'https://omnihub.dev/schemas/customer/1.0#/properties/x' } },
        },
      },
      'names no part of',
    ],
    [
      'an input that brings the clock',
      { timeZone: 'UTC', input: { type: 'object', properties: { today: { type: 'string' } } } },
      '"now" and "today" come from the moment',
    ],
  ])('%s', (_, change, expected) => {
    expect(faults(source(RIGHT, change))[0]).toContain(expected)
  })

  test('may refer to canonical schemas, whole or in part, and say less beside it', () => {
    const input = {
      type: 'object',
      properties: {
        customer: { $ref: 'https://omnihub.dev/schemas/customer-record/1.0', required: ['kind'] },
        status: { $ref: 'https://omnihub.dev/schemas/invoice/1.0#/properties/status' },
        day: { $ref: 'https://omnihub.dev/schemas/common/1.0#/$defs/date' },
      },
    }
    const rules = load(source(RIGHT, { input }))
    expect(
      rules.decide('test', { customer: { kind: 'person' }, status: 'open', day: '2026-01-01' }, { at: 0 }).result,
    ).toEqual({ r: 'y' })
    expect(() => rules.decide('test', { customer: { kind: 'robot' } }, { at: 0 })).toThrow(
      '/customer/kind must be one of',
    )
    expect(() => rules.decide('test', { day: '2026-13-01' }, { at: 0 })).toThrow('/day must be')
  })
})

describe('nodes and edges', () => {
  const N = node('N', 'decisionTableNode', table(['a', '=r'], [['> 1', '"x"']]))
  test.each<[string, Json, string]>([
    [
      'code in a document',
      graph([INPUT, node('f', 'functionNode', { source: 'export const handler = () => 1' })], 'in>f'),
      'rule.node.refused test.json#/nodes/1/type: The node "f" is a functionNode; rules run no code',
    ],
    [
      'a node of the user',
      graph([INPUT, node('c', 'customNode', {})], 'in>c'),
      'rule.node.refused test.json#/nodes/1/type',
    ],
    [
      'an unknown type',
      graph([INPUT, node('t', 'decisonTableNode', {})], 'in>t'),
      'rule.node.unknown test.json#/nodes/1/type: The node "t" has the unknown type "decisonTableNode"',
    ],
    ['a type from a prototype', graph([INPUT, node('t', 'constructor', {})], 'in>t'), 'rule.node.unknown'],
    [
      'a node that is no object',
      graph([INPUT, 1 as unknown as JsonObject], 'in>x'),
      'rule.node.invalid test.json#/nodes/1',
    ],
    [
      'a node without content',
      graph([INPUT, { id: 't', name: 't', type: 'decisionTableNode' }], 'in>t'),
      'rule.node.invalid test.json#/nodes/1/content: In the node "t": the content must be an object',
    ],
    [
      'two nodes with one id',
      graph([INPUT, N, N], 'in>N'),
      'rule.node.invalid test.json#/nodes/2/id: Two nodes have the id "N"',
    ],
    [
      'two nodes with one name',
      graph([INPUT, N, { ...N, id: 'M' }], 'in>N', 'in>M'),
      'rule.node.invalid test.json#/nodes/2/name',
    ],
    ['no input', graph([N, OUTPUT], 'N>out'), 'rule.graph.invalid test.json#/nodes: The graph has 0 input nodes'],
    [
      'two inputs',
      graph([INPUT, { ...INPUT, id: 'i2', name: 'i2' }, N], 'in>N', 'i2>N'),
      'The graph has 2 input nodes',
    ],
    [
      'an edge to nowhere',
      graph([INPUT, N], 'in>N', 'N>gone'),
      'rule.edge.dangling test.json#/edges/1/targetId: The edge leads to "gone"',
    ],
    ['an edge from nowhere', graph([INPUT, N], 'in>N', 'gone>N'), 'rule.edge.dangling test.json#/edges/1/sourceId'],
    [
      'an edge out of the output',
      graph([INPUT, N, OUTPUT], 'in>N', 'N>out', 'out>N'),
      'rule.edge.invalid test.json#/edges/2',
    ],
    [
      'an edge from no statement',
      graph([INPUT, node('s', 'switchNode', { statements: [{ id: 'x', condition: '' }] }), N], 'in>s', 's:y>N'),
      'rule.edge.dangling test.json#/edges/1/sourceHandle',
    ],
    [
      'a circle',
      graph([INPUT, N, { ...N, id: 'M', name: 'M' }], 'in>N', 'N>M', 'M>N'),
      'rule.graph.cyclic test.json#/nodes/1: The node "N" depends on its own output',
    ],
    [
      'a node beside the graph',
      graph([INPUT, N, { ...N, id: 'M', name: 'M' }], 'in>N'),
      'rule.node.unreached test.json#/nodes/2: No edge leads from the input to the node "M"',
    ],
    [
      'too many nodes',
      graph(Array.from({ length: 201 }, () => INPUT)),
      'rule.graph.too-large test.json#/nodes: The document has 201 nodes; 200 are allowed',
    ],
    [
      'a schema in the input node',
      graph([{ ...INPUT, content: { schema: '{}' } }, N], 'in>N'),
      'rule.node.invalid test.json#/nodes/0/content/schema: In the node "Input": the schema stands in the envelope',
    ],
  ])('%s', (_, document, expected) => {
    expect(faults(source(document))[0]).toContain(expected)
  })
})

describe('tables', () => {
  test.each<[string, Json, string]>([
    [
      'a test that is no expression',
      single('decisionTableNode', table(['a', '=r'], [['>', '1']])),
      'rule.expression.invalid test.json#/nodes/1/content/rules/0/a: In the node "N": ">" is no expression',
    ],
    ['a dash for anything', single('decisionTableNode', table(['a', '=r'], [['-', '1']])), 'rule.expression.invalid'],
    [
      'a result that is no expression',
      single('decisionTableNode', table(['a', '=r'], [['1', 'say "x"']])),
      'rules/0/=r',
    ],
    [
      'a field that is no expression',
      single('decisionTableNode', table(['a b', '=r'], [['1', '1']])),
      'content/inputs/0/field',
    ],
    ['a power', single('decisionTableNode', table(['a', '=r'], [['', 'a ^ a']])), 'powers are not allowed'],
    ['the clock', single('decisionTableNode', table(['a', '=r'], [['', 'date("now")']])), 'date() takes a field'],
    [
      'the clock in new clothes',
      single('decisionTableNode', table(['a', '=r'], [['', 'd()']])),
      'the function d is not available',
    ],
    [
      'the value under test in a result',
      single('decisionTableNode', table(['a', '=r'], [['', '$']])),
      '$ stands for nothing here',
    ],
    [
      'a missing cell',
      withTable((content) => delete (content['rules'] as JsonObject[])[0]?.['a']),
      'rule.cell.missing test.json#/nodes/1/content/rules/0/a: In the node "N": row 1 has no cell for "a"',
    ],
    [
      'a cell that is a number',
      withTable((content) => Object.assign((content['rules'] as JsonObject[])[0] ?? {}, { a: 1 })),
      'rule.cell.missing',
    ],
    [
      'two rows with one id',
      withTable((content) => (content['rules'] as Json[]).push((content['rules'] as Json[])[0] ?? null)),
      'rules/1/_id: In the node "N": two rows have the id "r1"',
    ],
    [
      'a column twice',
      single('decisionTableNode', table(['a', 'a', '=r'], [])),
      'inputs/1/id: In the node "N": every column needs an id of its own',
    ],
    [
      'results inside each other',
      single('decisionTableNode', table(['a', '=r', '=r.s'], [])),
      'the results "r" and "r.s" take the same place',
    ],
    [
      'a result on a prototype',
      single('decisionTableNode', table(['a', '=x.__proto__'], [])),
      'is no name for a result',
    ],
    [
      'an unknown hit policy',
      single('decisionTableNode', table(['a', '=r'], [], { hitPolicy: 'unique' })),
      'content/hitPolicy: In the node "N": the hit policy "unique" is not known',
    ],
    [
      'a loop over nothing',
      single('decisionTableNode', table(['a', '=r'], [], { executionMode: 'loop' })),
      'a loop needs the list',
    ],
    [
      'too many rows',
      single(
        'decisionTableNode',
        table(
          ['a', '=r'],
          Array.from({ length: LIMITS.rowsMax + 1 }, () => ['', '']),
        ),
      ),
      'rule.graph.too-large',
    ],
    [
      'rows that are no list',
      withTable((content) => Object.assign(content, { rules: {} })),
      'content/rules: In the node "N": rules must be a list of objects',
    ],
  ])('%s', (_, document, expected) => {
    expect(faults(source(document))[0]).toContain(expected)
  })

  test('a dash says how to write anything', () => {
    const result = loadRules([source(single('decisionTableNode', table(['a', '=r'], [['-', '1']])))])
    expect(result.ok ? '' : result.errors[0]?.fix).toBe('Leave the cell empty where anything will do.')
  })

  test('all faults are told at once, and not more than fifty', () => {
    const many = table(
      ['a', '=r'],
      Array.from({ length: 80 }, () => ['>', '1']),
    )
    expect(faults(source(single('decisionTableNode', many)))).toHaveLength(50)
  })
})

describe('fields that nothing gives', () => {
  const closed = (names: string[]): JsonObject => ({
    input: {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(names.map((name) => [name, {}])),
    },
  })

  test('a misspelt field is told with the nearest name', () => {
    const result = loadRules([
      source(single('decisionTableNode', table(['scroe', '=r'], [['> 1', '1']])), closed(['score', 'age'])),
    ])
    expect(result.ok ? [] : result.errors.map(({ code, where, fix }) => [code, where, fix?.slice(0, 19)])).toEqual([
      ['rule.field.unknown', 'test.json#/nodes/1', 'Did you mean score?'],
    ])
  })

  test('a node that should pass its input through is found', () => {
    const chain = (passThrough: boolean): JsonObject =>
      graph(
        [
          INPUT,
          node('e', 'expressionNode', expressions({ x: 'a + 1' }, { passThrough })),
          node('t', 'decisionTableNode', table(['a', 'x', '=r'], [['', '', '1']])),
        ],
        ...['in>e', 'e>t'],
      )
    expect(faults(source(chain(false), closed(['a'])))[0]).toContain(
      'The node "t" reads "a" in "a", which nothing before it gives',
    )
    expect(faults(source(chain(true), closed(['a'])))).toEqual([])
  })

  test('where the input may have other members, nothing can be said', () => {
    expect(faults(source(single('decisionTableNode', table(['anything', '=r'], [['', '1']]))))).toEqual([])
  })

  test('now and today are there with a time zone', () => {
    const reads = single('expressionNode', expressions({ r: 'today', n: 'now' }))
    expect(faults(source(reads, closed([])))).toHaveLength(2)
    expect(faults(source(reads, { ...closed([]), timeZone: 'UTC' }))).toEqual([])
  })
})

describe('rules together', () => {
  const calls = (name: string, other: string): ReturnType<typeof source> =>
    source(graph([INPUT, node('c', 'decisionNode', { key: other })], 'in>c'), { name })

  test('a call of no rule is told with the nearest', () => {
    expect(faults(calls('one', 'tow'), calls('two', 'three'), source(RIGHT, { name: 'three' }))[0]).toContain(
      'rule.call.unknown one.json#/nodes/1/content/key: The node "c" calls "tow", which is no rule',
    )
  })

  test('calls in a circle are refused, with the way', () => {
    expect(faults(calls('one', 'two'), calls('two', 'three'), calls('three', 'one'))[0]).toContain(
      'rule.call.cyclic one.json: The rules call each other in a circle: one -> two -> three -> one.',
    )
    expect(faults(calls('one', 'one'))[0]).toContain('one -> one')
  })

  test('versions that hold at the same time are refused', () => {
    const version = (validFrom?: string, validTo?: string): ReturnType<typeof source> =>
      source(RIGHT, {
        ...(validFrom === undefined ? {} : { validFrom }),
        ...(validTo === undefined ? {} : { validTo }),
      })
    expect(faults(version('2026-01-01', '2027-01-01'), version('2026-12-31'))[0]).toContain('rule.version.overlap')
    expect(faults(version(), version('2026-01-01'))[0]).toContain('rule.version.overlap')
    expect(faults(version(), version())[0]).toContain('rule.version.overlap')
    expect(
      faults(version(undefined, '2026-01-01'), version('2026-01-01', '2027-01-01'), version('2027-01-01')),
    ).toEqual([])
  })

  test('one wrong rule loads none', () => {
    expect(loadRules([source(RIGHT), source(1, { name: 'wrong' })]).ok).toBe(false)
  })

  test('no rules are rules too', () => {
    expect(load().names()).toEqual([])
  })
})
