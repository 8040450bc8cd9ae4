import { loadEach, loadRules } from './index.ts'
import { AT, expressions, graph, INPUT, node, OUTPUT, single, source } from './testing.ts'

const answer = (name: string, value: string, envelope = {}) =>
  source(single('expressionNode', expressions({ answer: value })), { name, ...envelope })
const calling = (name: string, called: string) =>
  source(graph([INPUT, node('C', 'decisionNode', { key: called }), OUTPUT], 'in>C', 'C>out'), { name })

describe('Rules one by one', () => {
  test('that are wrong are left out with their faults, and so is what cannot do without them; all others load', () => {
    const [wrong, caller, callersCaller, right] = [
      source(single('expressionNode', { expressions: 'none' }), { name: 'wrong' }),
      calling('caller', 'wrong'),
      calling('callers-caller', 'caller'),
      answer('right', '1'),
    ]
    const { rules, faults } = loadEach([wrong, caller, callersCaller, right])
    expect(rules.names()).toEqual(['right'])
    expect([...faults.keys()]).toEqual([wrong, caller, callersCaller])
    expect(faults.get(caller)?.[0]).toMatchObject({ code: 'rule.call.unknown' })
  })

  test('nothing is nothing', () => {
    expect(loadEach([]).rules.names()).toEqual([])
  })
})

describe('Layers', () => {
  const base = answer('test', '"base"')
  const holiday = answer('test', '"holiday"', { validFrom: '2026-03-01', validTo: '2026-03-05' })

  test('of one name: the first that holds decides, and the others where it does not', () => {
    const loaded = loadRules([holiday, base], { layered: true })
    if (!loaded.ok) throw loaded.errors[0] ?? new Error()
    const on = (at: number): unknown => loaded.rules.decide('test', {}, { at }).result['answer']
    expect([on(AT), on(AT + 10 * 86_400_000), on(AT - 10 * 86_400_000)]).toEqual(['holiday', 'base', 'base'])
  })

  test('are refused where versions must hold one after the other', () => {
    expect(loadRules([holiday, base])).toMatchObject({ ok: false, errors: [{ code: 'rule.version.overlap' }] })
  })
})

describe('What an envelope says of its uses', () => {
  const fault = (envelope: object): string | undefined => {
    const loaded = loadRules([answer('test', '1', envelope)])
    return loaded.ok ? undefined : loaded.errors.map(({ code, message }) => `${code} ${message}`).join('\n')
  }
  const input = { type: 'object', properties: { customer: { type: 'object' }, invoice: { type: 'object' } } }

  test.each([
    [
      'reads what the input has no member for',
      { reads: ['orders'] },
      'test.rule.yaml#/reads/0: The input has no member "orders"',
    ],
    ['reads what there is not', { reads: ['weather'] }, '#/reads/0'],
    ['a change of what is no entity', { onChange: { entity: 'person', does: 'enrich' } }, '#/onChange/entity'],
    ['a change without a member for it', { onChange: { entity: 'order', does: 'enrich' } }, 'no member "order"'],
    [
      'a note on what is no customer',
      { onChange: { entity: 'invoice', does: 'note' } },
      'Notes are kept beside golden records',
    ],
    ['findings that are none', { onChange: { entity: 'customer', does: 'validate' } }, 'has no list of findings'],
    [
      'more than a change has',
      { input: { ...input, required: ['invoice', 'weather'] }, onChange: { entity: 'invoice', does: 'enrich' } },
      'requires "weather"',
    ],
  ])('%s is refused', (_, uses, expected) => {
    expect(fault({ input, ...uses })).toContain(expected)
  })

  test('is right where the schemas have it', () => {
    expect(fault({ input, reads: ['customer'], onChange: { entity: 'invoice', does: 'enrich' } })).toBeUndefined()
  })
})
