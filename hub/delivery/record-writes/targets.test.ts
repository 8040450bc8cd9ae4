import { postgres } from '../../../connectors/postgres/index.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { compileMapping, parseMappingOrThrow } from '../../mapping/index.ts'
import { RecordTargets } from './targets.ts'

const system = (name: string, write: string) => ({
  name,
  path: `config/systems/${name}.yaml`,
  text: `title: ${name}\nconnector: postgres\nsettings: { url: '\${env:URL}' }\nentities:\n  Pay: { options: { table: pay, watermarkColumn: at }, write: ${write} }\n`,
})

function targets(writes: Record<string, string>, own: readonly string[] = []): RecordTargets {
  const mapping = (target: string) =>
    compileMapping(parseMappingOrThrow(`source: Pay\ntarget: ${target}\nfields:\n  status: state\n`, 'Pay.yaml'))
  return new RecordTargets({
    systems: new Map(Object.entries(writes).map(([name, write]) => [name, system(name, write)])),
    connectors: [postgres],
    mapping: (name, entity) =>
      name === 'hub'
        ? own.includes(entity)
          ? mapping(entity)
          : undefined
        : name === 'gone'
          ? undefined
          : mapping('payment'),
  })
}

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof HubError) return error.code
    throw error
  }
  return 'nothing'
}

test('a new record goes to the one system that takes such records, or to the one that is named', () => {
  const one = targets({ a: '{ create: true }', b: '{ fields: [status] }' }, ['payment'])
  expect(one.forCreate('payment', undefined)).toMatchObject({ system: 'a', entity: 'Pay' })
  expect(codeOf(() => one.forCreate('payment', 'b'))).toBe('record.create.not-taken')
  const two = targets({ a: '{ create: true }', b: '{ create: true }' })
  expect(codeOf(() => two.forCreate('payment', undefined))).toBe('record.create.system-needed')
  expect(two.forCreate('payment', 'b').system).toBe('b')
})

test('the hub keeps what no system takes, and nothing beside a system that does', () => {
  const none = targets({ b: '{ fields: [status] }' }, ['payment'])
  expect(none.forCreate('payment', undefined)).toMatchObject({ system: 'hub', entity: 'payment' })
  expect(codeOf(() => none.forCreate('order', undefined))).toBe('record.create.not-taken')
  const one = targets({ a: '{ create: true }' }, ['payment'])
  expect(codeOf(() => one.forCreate('payment', 'hub'))).toBe('record.create.not-taken')
})

test('what may be changed is what the document names; without a mapping, or with a wrong document, nothing', () => {
  const some = targets({
    a: '{ fields: [status, attributes.tier] }',
    b: '{ create: true }',
    gone: '{ fields: [status] }',
    c: '{ create: maybe }',
  })
  const takes = (path: string): boolean | undefined => some.forPatch('a', 'Pay')?.takes(path)
  expect(['status', 'attributes.tier', 'attributes.other', 'amount'].map(takes)).toEqual([true, true, false, false])
  expect([some.forPatch('b', 'Pay'), some.forPatch('gone', 'Pay'), some.forPatch('c', 'Pay')]).toEqual([
    ...[undefined, undefined, undefined],
  ])
})
