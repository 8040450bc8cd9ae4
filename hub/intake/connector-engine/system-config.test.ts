import { Ajv2020 } from 'ajv/dist/2020.js'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { CONNECTORS } from '../../../connectors/index.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { packageFolder } from '../../app/package-folder.ts'
import { readWorkspace } from '../../app/workspace.ts'
import { parseSystemConfig } from './system-config.ts'

const read = (text: string) => parseSystemConfig({ name: 'crm', path: '/w/config/systems/crm.yaml', text }, CONNECTORS)
const schema = JSON.parse(readFileSync(join(packageFolder(), 'schemas/config/system.schema.json'), 'utf8')) as object
const check = new Ajv2020({ strict: false }).compile(schema)

function faultsOf(text: string): { message: string; where: string; fix?: string }[] {
  try {
    read(text)
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    expect(error).toMatchObject({ code: 'system.config.invalid', family: 'config' })
    return error.facts?.faults as { message: string; where: string; fix?: string }[]
  }
  throw new Error('it was taken')
}

const GOOD = `title: CRM
connector: postgres
settings: { url: '\${env:CRM_URL}' }
entities:
  Contact: { mode: poll, every: 2s, options: { table: contact, watermarkColumn: updated_at } }
`

const GOOD_WRITE = (write: string): string =>
  `${GOOD}  Person: { options: { table: person, watermarkColumn: at }, write: ${write} }\n`

describe('The document of a system', () => {
  test('What an entity takes from the hub is a list of fields or a map, with a policy for conflicts', () => {
    const fieldsOf = (write: string) => [...(read(GOOD_WRITE(write)).entities[1]?.write?.fields ?? [])]
    expect(fieldsOf('{ fields: [emails, name.given] }')).toEqual([
      ['emails', 'system-wins'],
      ['name.given', 'system-wins'],
    ])
    expect(fieldsOf('{ fields: { emails: {}, phones: { onConflict: park } }, onConflict: hub-wins }')).toEqual([
      ['emails', 'hub-wins'],
      ['phones', 'park'],
    ])
    expect(read(GOOD).entities[0]?.write).toBeNull()
    const [fault] = faultsOf(GOOD_WRITE('{ fields: [emials] }'))
    expect(fault).toMatchObject({ where: 'config/systems/crm.yaml:6', message: expect.stringContaining('emials') })
    const pushed = faultsOf('title: Shop\nconnector: push\nentities:\n  Item: { write: { fields: [emails] } }\n')
    expect(pushed[0]?.message).toBe('A system that only pushes can not be written to.')
  })

  test('What an entity makes of new records is told by true, or with who names them and what they need', () => {
    const createOf = (write: string) => read(GOOD_WRITE(write)).entities[1]?.write?.create
    expect(createOf('{ create: true }')).toEqual({ key: null, required: [] })
    expect(createOf('{ fields: [status] }')).toBeNull()
    expect(createOf('{ create: { key: uuid } }')).toEqual({ key: 'uuid', required: [] })
    expect(createOf('{ create: { key: { from: 9 }, required: [customer|account, amount] } }')).toEqual({
      ...{ key: { from: 9 }, required: ['customer|account', 'amount'] },
    })
    expect(faultsOf(GOOD_WRITE('{ create: { key: { from: -1 } } }'))[0]?.fix).toMatch(/900000000/)
    expect(faultsOf(GOOD_WRITE('{ create: { required: [wallet] } }'))[0]?.fix).toMatch(/amount/)
    expect(faultsOf(GOOD_WRITE('{ create: { by: me } }'))[0]?.fix).toMatch(/key, required/)
  })

  test('The shipped systems are right, to the hub and to editors', async () => {
    const { systems } = await readWorkspace(packageFolder())
    const connectors = { billing: 'soap', crm: 'salesforce', erp: 'sap', inventory: 'postgres' }
    expect([...systems.keys()].sort()).toEqual(Object.keys(connectors))
    for (const [name, connector] of Object.entries(connectors)) {
      const document = systems.get(name)
      if (document === undefined) throw new Error(`There is no system ${name}`)
      expect(parseSystemConfig(document, CONNECTORS)).toMatchObject({ name, connector })
      expect(check(parse(document.text))).toBe(true)
    }
  })

  test('What is not written has a value', () => {
    const { entities, rate, timeoutMs } = read(GOOD.replace('mode: poll, every: 2s, ', ''))
    expect(entities).toEqual([
      {
        entity: 'Contact',
        mode: 'poll',
        everyMs: 10_000,
        options: { table: 'contact', watermarkColumn: 'updated_at' },
        write: null,
        reconcile: null,
      },
    ])
    expect(rate).toEqual({ recordsPerSecond: undefined, callsPerSecond: undefined })
    expect(timeoutMs).toBe(120_000)
  })

  test('A schedule of comparisons is of the system, or of an entity, which may have its own or none', () => {
    const more =
      '  Lead: { options: { table: lead, watermarkColumn: at }, reconcile: { every: 1h } }\n  Log: { options: { table: log, watermarkColumn: at }, reconcile: null }\n  In: { mode: push }\n'
    const { entities } = read(`${GOOD}${more}reconcile: { every: 24h, repair: true }\n`)
    expect(entities.map(({ reconcile }) => reconcile)).toEqual([
      { everyMs: 86_400_000, repair: true },
      { everyMs: 3_600_000, repair: false },
      null,
      null,
    ])
    expect(faultsOf('title: Shop\nconnector: push\nentities:\n  Item: { reconcile: { every: 1h } }\n')).toHaveLength(1)
  })

  test('A system that pushes needs no more than its title, and has modes of its own only', () => {
    expect(read('title: Shop\nconnector: push\nentities: { Item: }\n')).toMatchObject({
      spec: undefined,
      entities: [{ entity: 'Item', mode: 'push' }],
    })
    expect(faultsOf('title: Shop\nconnector: push\nsettings: { a: 1 }\nentities:\n  Item: { mode: poll }\n')).toEqual([
      {
        message: 'A system that only pushes has no settings.',
        where: 'config/systems/crm.yaml:3',
        fix: 'Leave them out.',
      },
      {
        message: 'A system without a connector can only push.',
        where: 'config/systems/crm.yaml:5',
        fix: 'Use mode: push, or a connector.',
      },
    ])
  })

  test.each<[string, string, number, RegExp]>([
    [
      'an unknown connector',
      GOOD.replace('connector: postgres', 'connector: postgress'),
      2,
      /Use one of push, .*postgres/,
    ],
    ['an unknown member', `${GOOD}entitys: {}\n`, 6, /Use title, description, connector/],
    ['an unknown setting', GOOD.replace('url:', 'uri:'), 3, /url/],
    ['an unknown option', GOOD.replace('table:', 'tabel:'), 5, /table/],
    ['an option of the wrong type', GOOD.replace('table: contact', 'table: 7'), 5, /Table/],
    ['an unknown mode', GOOD.replace('mode: poll', 'mode: pull'), 5, /push, poll, log/],
    ['a schedule that is none', GOOD.replace('every: 2s', 'every: 2 seconds'), 5, /10s/],
    ['a schedule that is too quick', GOOD.replace('every: 2s', 'every: 5ms'), 5, /10s/],
    ['a number as a schedule', GOOD.replace('every: 2s', 'every: 2'), 5, /10s/],
    ['a schedule of a log', GOOD.replace('mode: poll', 'mode: log'), 5, /mode: poll/],
    ['a rate of nothing', `${GOOD}rate: { recordsPerSecond: 0 }\n`, 6, /above 0/],
    ['a comparison without a schedule', `${GOOD}reconcile: { repair: true }\n`, 6, /24h/],
    ['a comparison that is none', `${GOOD}reconcile: daily\n`, 6, /undefined/],
    ['a repair that is no truth value', `${GOOD}reconcile: { every: 24h, repair: yes please }\n`, 6, /true/],
    ['an unknown member of it', `${GOOD}reconcile: { every: 24h, mend: true }\n`, 6, /every, repair/],
    ['a policy that is none', GOOD_WRITE('{ fields: [emails], onConflict: mine }'), 6, /system-wins, hub-wins, park/],
    ['a write without fields', GOOD_WRITE('{ onConflict: park }'), 6, /emails/],
    ['an unknown member of a write', GOOD_WRITE('{ fields: [emails], when: always }'), 6, /fields, onConflict/],
    ['a create that is none', GOOD_WRITE('{ create: sometimes }'), 6, /undefined/],
    ['an unknown member of a field', GOOD_WRITE('{ fields: { emails: { wins: hub } } }'), 6, /onConflict/],
    ['no entities', GOOD.replace(/entities:[^]*/, 'entities: {}\n'), 4, /each record type/],
    ['an empty title', GOOD.replace('title: CRM', 'title: ""'), 1, /people/],
  ])('%s is refused with its line and what could be written', (_, text, line, fix) => {
    const [fault] = faultsOf(text)
    expect(fault?.where).toBe(`config/systems/crm.yaml:${line}`)
    expect(String(fault?.fix)).toMatch(fix)
  })

  test.each([
    ['plain', 'postgres://hub:hunter2@db/crm'],
    ['beside a reference', 'postgres://hub:hunter2@${env:HOST}/crm'],
    ['in a reference that is not closed', '${env:hunter2'],
  ])('A secret that stands in the file (%s) is refused and not repeated', (_, url) => {
    const faults = faultsOf(GOOD.replace('${env:CRM_URL}', url))
    expect(faults).toHaveLength(1)
    expect(faults[0]?.message).toBe('"url" is a secret and must not stand in the file.')
    expect(JSON.stringify(faults)).not.toContain('hunter2')
  })

  test('Other settings may hold references among their text, and are checked when these are resolved', () => {
    const text = GOOD.replace(
      "url: '${env:CRM_URL}'",
      "host: 'db-${env:SITE}.example', port: '${env:PORT}', database: crm, user: hub",
    )
    expect(read(text).settings).toMatchObject({ port: '${env:PORT}' })
    expect(faultsOf(text.replace("'${env:PORT}'", 'x'))[0]?.message).toBe('"port" must be of type integer.')
  })

  test('What is no YAML, no map or refers to itself without end is refused', () => {
    expect(faultsOf('title: [')[0]?.message).toMatch(/no valid YAML/)
    expect(faultsOf('- a')[0]?.message).toMatch(/map/)
    expect(faultsOf('')[0]?.message).toMatch(/map/)
    const bomb = [
      'a: &a [1,1,1,1,1,1,1,1,1]',
      ...'bcdefghi'.split('').map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`),
    ]
    expect(faultsOf(bomb.join('\n'))[0]?.message).toMatch(/itself too often/)
  })

  test('The schema for editors refuses what the hub refuses', () => {
    const wrong = [
      GOOD.replace('mode: poll', 'mode: pull'),
      GOOD.replace('every: 2s', 'every: 2 seconds'),
      `${GOOD}entitys: {}\n`,
      `${GOOD}rate: { recordsPerSecond: 0 }\n`,
      GOOD.replace(/entities:[^]*/, 'entities: {}\n'),
      GOOD.replace('title: CRM', 'title: ""'),
      'title: Shop\nconnector: push\nentities:\n  Item: { mode: poll }\n',
    ]
    expect(check(parse(GOOD))).toBe(true)
    for (const text of wrong) {
      expect(faultsOf(text).length).toBeGreaterThan(0)
      expect([text, check(parse(text))]).toEqual([text, false])
    }
  })
})
