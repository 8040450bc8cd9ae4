import { load, single, source, table } from '../testing.ts'
import { runCases } from './run-cases.ts'

const rules = load(
  source(
    single(
      'decisionTableNode',
      table(
        ['score', 'vip', '=tier'],
        [
          ['>= 700', 'true', '"gold"'],
          ['>= 500', '', '"silver"'],
          ['', '', '"none"'],
        ],
      ),
    ),
    {
      input: { type: 'object', properties: { score: { type: 'integer' } } },
    },
  ),
)
const run = (text: string): ReturnType<typeof runCases> => runCases(rules, 'test', text, 'c.yaml')

test('each case passes or tells what differs', () => {
  const result = run(`
- { title: right, input: { score: 800, vip: true }, expect: { tier: gold }, decided: { N: r1 } }
- { title: the condition that decided, input: { score: 800 }, expect: { tier: silver }, decided: { N: r2 }, refused: { N: { r1: vip } } }
- { title: another result, input: { score: 600 }, expect: { tier: gold, more: 1 } }
- { title: another row, input: { score: 600 }, expect: { tier: silver }, decided: { N: r3 } }
- { title: another condition, input: { score: 600 }, expect: { tier: silver }, refused: { N: { r1: vip, r3: score } } }
- { title: an error, input: { score: x }, error: rule.input.invalid }
- { title: another error, input: { score: x }, error: rule.too-long }
- { title: an error that does not come, input: {}, error: rule.input.invalid }
- { title: an error that should not come, input: { score: x }, expect: {} }
`)
  expect(result.ok && result.results.map(({ title, difference }) => [title, difference])).toEqual([
    ['right', ''],
    ['the condition that decided', ''],
    ['another result', '- tier: "gold"\n+ tier: "silver"\n- more: 1'],
    ['another row', '- N decided by r3\n+ N decided by r2'],
    [
      'another condition',
      '- N: r1 refused by vip\n+ N: r1 refused by score\n- N: r3 refused by score\n+ N: r3 refused by nothing',
    ],
    ['an error', ''],
    [
      'another error',
      '- rule.too-long\n+ rule.input.invalid: The input of the rule test is not valid: /score must be a whole number.',
    ],
    ['an error that does not come', '- rule.input.invalid\n+ a result'],
    [
      'an error that should not come',
      '+ rule.input.invalid: The input of the rule test is not valid: /score must be a whole number.',
    ],
  ])
  expect(result).toMatchObject({ passed: 3, failed: 6, undecidedRows: [] })
})

test('rows that no case decides are told', () => {
  expect(run('- { title: a, input: { score: 1 }, expect: { tier: none } }')).toMatchObject({
    undecidedRows: ['N/r1', 'N/r2'],
  })
})

test('a rule that is not there fails its cases', () => {
  const result = runCases(rules, 'gone', '- { title: a, input: {}, expect: {} }', 'c.yaml')
  expect(result.ok && result.results[0]?.difference).toContain('rule.unknown')
})

describe('a cases file that is wrong', () => {
  test.each([
    ['nothing', '', 'A cases file is a list'],
    ['an empty list', '[]', 'A cases file is a list'],
    ['no map', '- 1', 'c.yaml#/0: A case is a map'],
    ['no title', '- { input: {}, expect: {} }', 'c.yaml#/0: A case needs a title'],
    ['no input', '- { title: a, expect: {} }', 'needs an input'],
    ['no expectation', '- { title: a, input: {} }', 'needs exactly one of'],
    ['two', '- { title: a, input: {}, expect: {}, error: x }', 'needs exactly one of'],
    ['a misspelt key', '- { title: a, input: {}, expcet: {} }', 'c.yaml#/0/expcet: "expcet" is no part of a case'],
    ['no moment', '- { title: a, input: {}, expect: {}, at: soon }', 'c.yaml#/0/at'],
    ['a number as moment', '- { title: a, input: {}, expect: {}, at: 5 }', 'c.yaml#/0/at'],
    [
      'a title twice',
      '- { title: a, input: {}, expect: {} }\n- { title: a, input: {}, expect: {} }',
      'Two cases have the title "a"',
    ],
    ['decided that is no map', '- { title: a, input: {}, expect: {}, decided: x }', 'c.yaml#/0/decided'],
    ['refused that is no map', '- { title: a, input: {}, expect: {}, refused: { N: x } }', 'c.yaml#/0/refused/N'],
    ['an alias', '- &a { title: a, input: {}, expect: {} }\n- *a', 'Anchors, aliases and tags'],
  ])('%s', (_, text, message) => {
    const result = run(text)
    expect(result.ok ? '' : result.errors[0]?.message).toContain(message)
    expect(result.ok ? '' : result.errors[0]?.family).toBe('config')
  })
})
