import { parseMapping } from './index.ts'

const HEAD = 'source: Contact\ntarget: customer\n'

/** The problems of a document, each as `line:column code message fix`. */
function problemsOf(text: string): string[] {
  const result = parseMapping(text, 'crm/Contact.yaml')
  if (result.ok) return []
  return result.errors.map((error) => {
    expect(error.family).toBe('config')
    return `${error.where?.replace('crm/Contact.yaml:', '')} ${error.code} ${error.message} ${error.fix ?? ''}`
  })
}

const fields = (text: string): string[] => problemsOf(`${HEAD}fields:\n${text}`)

describe('a mapping that is wrong tells where, what and how to fix it', () => {
  test('an unknown conversion names the nearest one and all that there are', () => {
    const [problem, ...rest] = fields('  name.given: { from: A, convert: trm }')
    expect(rest).toEqual([])
    expect(problem).toContain('4:35 mapping.conversion.unknown')
    expect(problem).toContain('The conversion "trm" is not known.')
    expect(problem).toContain('Did you mean trim?')
    expect(problem).toContain('collapse-spaces')
  })

  test.each([
    [
      'an unknown key of the document',
      `${HEAD}feilds: { a: b }\nfields: { a: b }`,
      '3:1 mapping.key.unknown',
      'Did you mean fields?',
    ],
    [
      'an unknown key of a field',
      `${HEAD}fields: { a: { from: b, convrt: trim } }`,
      '3:25 mapping.key.unknown',
      'Did you mean convert?',
    ],
    [
      'an unknown option',
      `${HEAD}fields: { a: { from: b, convert: { date: { fromat: x } } } }`,
      '3:44 mapping.key.unknown',
      'format',
    ],
    [
      'an unknown canonical entity',
      'source: a\ntarget: custmer\nfields: { a: b }',
      '2:9 mapping.value.unknown',
      'Did you mean customer?',
    ],
    [
      'an unknown policy',
      `${HEAD}fields: { a: { from: b, absent: skip } }`,
      '3:33 mapping.value.unknown',
      'default, error, omit',
    ],
    ['a missing part', 'target: customer\nfields: { a: b }', '1:1 mapping.key.missing', 'The mapping has no source.'],
    [
      'a missing option',
      `${HEAD}fields: { a: { from: b, convert: { lookup: { otherwise: x } } } }`,
      '3:36 mapping.key.missing',
      'needs table',
    ],
    [
      'a conversion without its options',
      `${HEAD}fields: { a: { from: b, convert: lookup } }`,
      '3:34 mapping.value.invalid',
      'lookup: {',
    ],
    [
      'an option of the wrong type',
      `${HEAD}fields: { a: { from: b, convert: { pad: { length: many } } } }`,
      '3:51 mapping.value.invalid',
      'pad.length must be a whole number from 1 to 1000, not "many"',
    ],
    ['a path that is none', `${HEAD}fields: { a: 'b[x]' }`, '3:15 mapping.path.invalid', 'an index is a whole number'],
    ['a target that is no path', `${HEAD}fields: { 'a..b': c }`, '3:11 mapping.path.invalid', 'a name must stand here'],
    [
      'two sources',
      `${HEAD}fields: { a: { from: b, constant: c } }`,
      '3:14 mapping.value.invalid',
      'it has from and constant',
    ],
    ['no source at all', `${HEAD}fields: { a: }`, '3:14 mapping.value.invalid', 'The field a has no source.'],
    [
      'a target set twice',
      `${HEAD}fields: { a.b: c, a: { b: d } }`,
      '3:19 mapping.target.duplicate',
      'a.b is set twice',
    ],
    ['a target that is a value and a group', `${HEAD}fields: { a: b, a.c: d }`, '3:17 mapping.target.duplicate', ''],
    [
      'a default that is never reached',
      `${HEAD}fields: { a: { from: b, convert: [{ default: x }, trim] } }`,
      '3:34 mapping.value.invalid',
      'must be the last',
    ],
    [
      'absent: default without one',
      `${HEAD}fields: { a: { from: b, absent: default } }`,
      '3:14 mapping.value.invalid',
      'Add default',
    ],
    [
      'a two-digit year without a pivot',
      `${HEAD}fields: { a: { from: b, convert: { date: { format: ddMMyy } } } }`,
      '3:52 mapping.value.invalid',
      'Add pivot',
    ],
    [
      'a letter that means nothing in a format',
      `${HEAD}fields: { a: { from: b, convert: { date: { format: dd/mm/QQQQ } } } }`,
      '3:52 mapping.value.invalid',
      'single quotes',
    ],
    [
      'a zone-less time without a zone',
      `${HEAD}fields: { a: { from: b, convert: { dateTime: { format: yyyy-MM-dd HH:mm } } } }`,
      '3:56 mapping.value.invalid',
      'Give zone or defaults.timeZone',
    ],
    [
      'a zone that does not exist',
      `${HEAD}fields: { a: { from: b, convert: { dateTime: { zone: Australia/Sidney } } } }`,
      '3:54 mapping.value.invalid',
      'IANA',
    ],
    [
      'a region that does not exist',
      `${HEAD}fields: { a: { from: b, convert: { phone: XX } } }`,
      '3:43 mapping.value.invalid',
      'alpha-2',
    ],
    [
      'money without a currency',
      `${HEAD}fields: { a: { from: b, convert: money } }`,
      '3:34 mapping.value.invalid',
      'defaults.currency',
    ],
    [
      'the same separator twice',
      `${HEAD}fields: { a: { from: b, convert: { decimal: { thousands: '.' } } } }`,
      '3:58 mapping.value.invalid',
      'must not contain the decimal',
    ],
    [
      'a word that means true and false',
      `${HEAD}fields: { a: { from: b, convert: { boolean: { true: [J], false: [j] } } } }`,
      '3:65 mapping.value.invalid',
      'means both',
    ],
    [
      'an expression that does not parse',
      `${HEAD}fields: { a: { expression: 'b +' } }`,
      'mapping.expression.invalid',
      'wrong at character 4',
    ],
    ['fields that are no map', `${HEAD}fields: [a]`, '3:9 mapping.value.invalid', 'fields must be a map'],
    ['a document that is a list', '- a', '1:1 mapping.value.invalid', 'not a list'],
    [
      'a reference without its key',
      `${HEAD}fields: { a: { ref: { entity: X } } }`,
      '3:21 mapping.key.missing',
      'needs key',
    ],
    [
      'a required member that is not there',
      `${HEAD}fields: { a: [{ b: c, require: d }] }`,
      '3:32 mapping.value.unknown',
      'Allowed: b',
    ],
  ])('%s', (_, text, where, help) => {
    const [problem = ''] = problemsOf(text)
    expect(problem).toContain(where)
    expect(problem).toContain(help)
  })

  test('all faults of a document come at once', () => {
    expect(
      fields('  a: { from: b, convert: trm }\n  c: { form: d, absent: omit }\n  "e..f": g').map(
        (problem) => problem.split(' ')[0],
      ),
    ).toHaveLength(4)
  })
})

describe('what YAML can do beyond JSON is refused, with its place', () => {
  test.each([
    ['an alias', `${HEAD}fields: { a: &x b, c: *x }`, 'mapping.yaml.alias', '3:'],
    [
      'a bomb of aliases',
      `a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n${HEAD}fields: { a: b }`,
      'mapping.yaml.alias',
      '1:',
    ],
    ['a cyclic document', `${HEAD}fields: &f\n  a: *f`, 'mapping.yaml.alias', '4:3'],
    ['a tag', `${HEAD}fields: { a: !!binary b }`, 'mapping.yaml.', '3:'],
    ['a tag of JavaScript', `${HEAD}fields: { a: !!js/function 'x' }`, 'mapping.yaml.', '3:'],
    ['a duplicate key', `${HEAD}fields:\n  a: b\n  a: c`, 'mapping.key.duplicate', '5:3'],
    ['a key that is a prototype', `${HEAD}fields: { __proto__: b }`, 'mapping.key.forbidden', '3:11'],
    ['a quoted prototype key', `${HEAD}fields: { "__proto__": b }`, 'mapping.key.forbidden', '3:11'],
    ['a prototype inside a target path', `${HEAD}fields: { a.__proto__.b: c }`, 'mapping.path.invalid', '3:11'],
    ['a prototype inside a source path', `${HEAD}fields: { a: b.constructor.c }`, 'mapping.path.invalid', '3:'],
    ['a map as a key', `${HEAD}fields: { ? { a: b } : c }`, 'mapping.key.invalid', '3:'],
    ['two documents in one file', `${HEAD}fields: { a: b }\n---\na: b`, 'mapping.yaml.invalid', ''],
    ['text that is no YAML', `${HEAD}fields: { a: b`, 'mapping.yaml.invalid', ''],
    ['infinity', `${HEAD}fields: { a: { constant: .inf } }`, 'mapping.value.invalid', '3:26'],
  ])('%s', (_, text, code, where) => {
    const problems = problemsOf(text)
    expect(problems.some((problem) => problem.includes(code) && problem.startsWith(where))).toBe(true)
  })

  test('a document over 1 MiB is not even read', () => {
    expect(problemsOf(`# ${'x'.repeat(1_048_576)}\n${HEAD}fields: { a: b }`)).toEqual([
      expect.stringContaining('mapping.yaml.too-large'),
    ])
  })

  test.each([100, 10_000, 200_000])('a document nested %i deep', (depth) => {
    const start = performance.now()
    const problems = problemsOf(`${HEAD}fields: { a: { constant: ${'['.repeat(depth)}${']'.repeat(depth)} } }`)
    expect(problems.some((problem) => problem.includes('mapping.yaml.too-deep'))).toBe(true)
    expect(performance.now() - start).toBeLessThan(10_000)
  })

  test('a document of very many values', () => {
    expect(problemsOf(`${HEAD}fields: { a: { constant: [${'1,'.repeat(150_000)}1] } }`)).toEqual([
      expect.stringContaining('more than 100000 values'),
    ])
  })

  test('very many fields', () => {
    const many = Array.from({ length: 2_500 }, (_, index) => `  f${index}: a`).join('\n')
    expect(fields(many)).toEqual([expect.stringContaining('more than 2000 fields')])
  })

  test('a name of any length is shown shortened', () => {
    const [problem = ''] = fields(`  a: { from: b, convert: ${'x'.repeat(5_000)} }`)
    expect(problem.length).toBeLessThan(1_500)
  })
})

test('a mapping may be JSON', () => {
  expect(problemsOf('{"source": "a", "target": "customer", "fields": {"name.given": "x"}}')).toEqual([])
})

test('keys of lookup tables are what is written, so that 01 and 1 differ', () => {
  expect(
    fields('  status: { from: S, convert: { lookup: { table: { 01: active, 1: closed, yes: inactive } } } }'),
  ).toEqual([])
})
