import type { JsonObject } from '../../hub/contracts/json.ts'
import { tableOptions } from './table-options.ts'
import { isDeleted } from './table-records.ts'

function read(options: JsonObject): ReturnType<typeof tableOptions> {
  return tableOptions({ entity: 'Contact', options })
}

describe('the options of an entity', () => {
  test('have defaults: the table is called as the entity', () => {
    expect(read({})).toMatchObject({ table: 'Contact', lookBackSeconds: 60, pageSize: 1000, exclude: [] })
  })

  test.each<[JsonObject, string, RegExp]>([
    [{ tabel: 'x' }, '/entities/Contact/options/tabel', /no setting "tabel"/],
    [{ table: 1 }, '/entities/Contact/options/table', /must be of type string/],
    [{ table: 'a\0b' }, '/entities/Contact/options/table', /NUL/],
    [{ keyColumns: [] }, '/entities/Contact/options/keyColumns', /at least one/],
    [{ keyColumns: ['a', 'a'] }, '/entities/Contact/options/keyColumns', /each named once/],
    [{ keyColumns: [1] }, '/entities/Contact/options/keyColumns', /items of type string/],
    [{ pageSize: 0 }, '/entities/Contact/options/pageSize', /at least 1/],
    [{ pageSize: 1.5 }, '/entities/Contact/options/pageSize', /type integer/],
    [{ lookBackSeconds: 1e9 }, '/entities/Contact/options/lookBackSeconds', /at most 86400/],
    [{ deletedWhen: { column: 'd' } }, '/entities/Contact/options/deletedWhen', /must be/],
    [{ deletedWhen: { column: 'd', value: 1, notNull: true } }, '/entities/Contact/options/deletedWhen', /must be/],
    [{ deletedWhen: { column: 'd', values: [] } }, '/entities/Contact/options/deletedWhen', /must be/],
    [{ columns: { only: ['a'] } }, '/entities/Contact/options/columns', /"include" and "exclude"/],
    [{ columns: { include: 'a' } }, '/entities/Contact/options/columns', /list of column names/],
  ])('%j is refused with a pointer', (options, where, message) => {
    const act = (): unknown => read(options)
    expect(act).toThrow(message)
    expect(act).toThrow(expect.objectContaining({ code: 'connector.settings', family: 'config', where }) as Error)
  })

  test('say when a row counts as deleted', () => {
    const rule = (deletedWhen: JsonObject): ReturnType<typeof tableOptions>['deletedWhen'] =>
      read({ deletedWhen }).deletedWhen
    expect(isDeleted({ d: 'Y' }, rule({ column: 'd', value: 'Y' }))).toBe(true)
    expect(isDeleted({ d: 1 }, rule({ column: 'd', value: '1' }))).toBe(true)
    expect(isDeleted({ d: true }, rule({ column: 'd', values: ['x', true] }))).toBe(true)
    expect(isDeleted({ d: null }, rule({ column: 'd', value: 'null' }))).toBe(false)
    expect(isDeleted({}, rule({ column: 'd', notNull: true }))).toBe(false)
    expect(isDeleted({ d: '2024-01-01' }, rule({ column: 'd', notNull: true }))).toBe(true)
    expect(isDeleted({ d: 'Y' }, undefined)).toBe(false)
  })
})
