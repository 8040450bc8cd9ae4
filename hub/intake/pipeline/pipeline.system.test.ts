import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '../../contracts/json.ts'
import { expectBalanced, makeWorkspace, type RunningCore, startCore } from '../../../test/support/core.ts'
import { push, PUSH_WORKSPACE } from '../../../test/support/push-workspace.ts'
import { testDatabase } from '../../../test/support/test-database.ts'
import { openDatabase } from '../../store/database.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../store/embedded/embedded-postgres.ts'
import { migrate } from '../../store/migrate.ts'

/** The two forms of the store: a server that was given by its address, and the one that the hub brings along. */
interface StoreForm {
  name: string
  open(): Promise<void>
  database(): Promise<{ url: string; drop(): Promise<void> }>
  close(): Promise<void>
}

const GIVEN: StoreForm = {
  name: 'a PostgreSQL server given by its address',
  open: () => Promise.resolve(),
  database: () => testDatabase(),
  close: () => Promise.resolve(),
}

function embeddedForm(): StoreForm {
  const folder = mkdtempSync(join(tmpdir(), 'omnihub-store-'))
  let server: EmbeddedPostgres | undefined
  let count = 0
  return {
    name: 'the embedded PostgreSQL',
    open: async () => {
      server = await startEmbeddedPostgres(folder, { settings: { fsync: 'off' } })
    },
    database: async () => {
      const admin = openDatabase(server?.url ?? '')
      const name = `store_${++count}`
      await admin.query({ text: `create database ${name}` })
      const url = new URL(server?.url ?? '')
      url.pathname = `/${name}`
      const db = openDatabase(url.href)
      await migrate(db)
      await db.close()
      return {
        url: url.href,
        drop: async () => {
          await admin.query({ text: `drop database ${name}` })
          await admin.close()
        },
      }
    },
    close: async () => {
      await server?.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

describe.each([GIVEN, embeddedForm()])('The pipeline on $name', (form) => {
  let database: { url: string; drop(): Promise<void> }
  let workspace: { folder: string; remove(): void }
  let hub: RunningCore

  beforeAll(() => form.open(), 60_000)
  afterAll(() => form.close())

  beforeEach(async () => {
    database = await form.database()
    workspace = await makeWorkspace(PUSH_WORKSPACE)
    hub = await startCore({ workspace: workspace.folder, databaseUrl: database.url })
  })

  afterEach(async () => {
    await expectBalanced(hub.db)
    await hub.stop()
    await database.drop()
    workspace.remove()
  })

  const ANNA = {
    FirstName: 'Anna',
    LastName: 'Fairweather',
    Born: '1981-04-09',
    Email: 'anna.fairweather@example.com',
    Phone: '020 7946 0101',
    Street: '12 Mill Road',
    City: 'Leeds',
    Postcode: 'LS1 4AP',
  }
  const ANNA_BILLED = {
    first: 'Anna',
    last: 'Fairweather',
    born: '19810409',
    mail: 'anna.fairweather@example.com',
    tel: '+44 20 7946 0101',
    street: '12 Mill Road',
    town: 'Leeds',
    code: 'LS1 4AP',
    state: 'A',
  }
  const BORIS = {
    ...ANNA,
    FirstName: 'Boris',
    LastName: 'Quill',
    Born: '1950-12-24',
    Email: 'b@example.org',
    Phone: '020 7946 0999',
    Street: '3 Park Row',
    City: 'York',
    Postcode: 'YO1 7EP',
  }

  interface CustomerRow {
    id: string
    state: number
    joinedInto: string | null
    version: number
    golden: JsonObject
    keys: string[]
  }

  async function customers(): Promise<CustomerRow[]> {
    const { rows } = await hub.db.query<Omit<CustomerRow, 'golden'> & { golden: string }>({
      text: `select c.id::text as id, c.state, c.joined_into::text as "joinedInto", c.version, c.golden::text as golden,
             array(select r.key from source_record r where r.customer_id = c.id order by r.key) as keys
           from customer c order by c.id`,
    })
    return rows.map((row) => ({ ...row, golden: JSON.parse(row.golden) as JsonObject }))
  }

  async function events(): Promise<{ type: string; subject: string }[]> {
    const { rows } = await hub.db.query<{ type: string; subject: string }>({
      text: 'select type, subject from event_log order by position',
    })
    return rows
  }

  async function accept(...changes: ReturnType<typeof push>[]): Promise<void> {
    await hub.core.acceptor.accept(changes)
    await hub.quiet()
  }

  describe('The way of a change', () => {
    test('two records of one person become one customer, told as created and updated', async () => {
      await accept(push('crm/Contact/1', ANNA))
      await accept(push('billing/Account/77', ANNA_BILLED))
      const [anna, ...others] = await customers()
      expect(others).toEqual([])
      expect(anna).toMatchObject({ state: 0, version: 2, keys: ['1', '77'] })
      expect(anna?.golden).toMatchObject({
        id: anna?.id,
        kind: 'person',
        name: { given: 'Anna', family: 'Fairweather' },
      })
      expect((await events()).map((event) => event.type)).toEqual(['customer.created', 'customer.updated'])
    })

    test('the same change twice is one change, and a change that says nothing new makes no version', async () => {
      const change = push('crm/Contact/1', ANNA)
      await accept(change)
      expect(await hub.core.acceptor.accept([change, change])).toEqual({ accepted: 0, duplicates: 2 })
      await accept(push('crm/Contact/1', { ...ANNA, Unmapped: 'new' }))
      expect(await customers()).toMatchObject([{ version: 1 }])
      expect(await hub.ledger()).toMatchObject({ accepted: 2, applied: 2 })
    })

    test('an invoice finds its customer, whichever comes first', async () => {
      await accept(
        push('billing/Invoice/R1', { no: 'R1', account: '77', total: '12.50' }),
        push('billing/Account/77', ANNA_BILLED),
      )
      await accept(push('billing/Invoice/R2', { no: 'R2', account: '77', total: '7' }))
      const [anna] = await customers()
      const { rows } = await hub.db.query<{ customerId: string | null }>({
        text: `select customer_id::text as "customerId" from event_log where type = 'invoice.created' order by position desc limit 1`,
      })
      expect(rows[0]?.customerId).toBe(anna?.id)
    })

    test('a deleted record leaves its customer; the last one closes it; a return opens it again under the same id', async () => {
      await accept(push('crm/Contact/1', ANNA), push('billing/Account/77', ANNA_BILLED))
      const [joined] = await customers()
      await accept(push('crm/Contact/1', null))
      expect(await customers()).toMatchObject([{ id: joined?.id, state: 0, keys: ['77'] }])
      await accept(push('billing/Account/77', null))
      expect(await customers()).toMatchObject([{ id: joined?.id, state: 2, keys: [], golden: { status: 'closed' } }])
      await accept(push('crm/Contact/1', ANNA))
      expect(await customers()).toMatchObject([{ id: joined?.id, state: 0, keys: ['1'] }])
    })

    test('a record that changes into somebody else leaves its customer', async () => {
      await accept(push('crm/Contact/1', ANNA), push('billing/Account/77', ANNA_BILLED))
      await accept(push('crm/Contact/1', BORIS))
      const rows = await customers()
      expect(rows.filter((row) => row.state === 0).map((row) => row.keys)).toEqual(
        expect.arrayContaining([['1'], ['77']]),
      )
    })
  })

  describe('A value that many share', () => {
    test('one phone number on 500 records joins nobody by itself, in whatever order they come', async () => {
      const people = Array.from({ length: 500 }, (_, i) => ({
        FirstName: `Given${String.fromCharCode(97 + (i % 26))}${i}`,
        LastName: `Name${String.fromCharCode(97 + (i % 23))}${i * 7}`,
        Phone: '020 7946 0000',
      }))
      await accept(...people.slice(0, 3).map((person, i) => push(`crm/Contact/${i}`, person)))
      await accept(...people.slice(3).map((person, i) => push(`crm/Contact/${i + 3}`, person)))
      expect((await customers()).filter((row) => row.state === 0)).toHaveLength(500)
    })

    test('a join that rested on a shared value comes apart when the value turns out to be common', async () => {
      const twins = [
        { FirstName: 'Kim', LastName: 'Lee', Phone: '020 7946 0555', Email: 'desk@example.com' },
        { FirstName: 'Kim', LastName: 'Lee', Phone: '020 7946 0555', Email: 'desk@example.com' },
      ]
      await accept(...twins.map((person, i) => push(`crm/Contact/t${i}`, person)))
      const before = (await customers()).filter((row) => row.state === 0)
      const crowd = Array.from({ length: 40 }, (_, i) => ({
        FirstName: `Zed${i}`,
        LastName: `Yorrick${i * 3}`,
        Phone: '020 7946 0555',
        Email: 'desk@example.com',
      }))
      await accept(...crowd.map((person, i) => push(`crm/Contact/z${i}`, person)))
      const after = (await customers()).filter((row) => row.state === 0 && row.keys.some((key) => key.startsWith('t')))
      expect(before.length).toBeLessThanOrEqual(after.length)
      expect(after.flatMap((row) => row.keys).filter((key) => key.startsWith('z'))).toEqual([])
    })
  })

  describe('Stewards', () => {
    const act = { author: 'mia', note: null }

    test('a join followed by a split restores every record, value and provenance', async () => {
      await accept(push('crm/Contact/1', ANNA), push('crm/Contact/2', BORIS))
      const before = await customers()
      const [first, second] = before
      const { survivor } = await hub.core.stewardship.join(second?.id ?? '', first?.id ?? '', act)
      await hub.quiet()
      expect(survivor).toBe(first?.id)
      expect(await customers()).toMatchObject([
        { id: first?.id, state: 0, keys: ['1', '2'] },
        { id: second?.id, state: 1, joinedInto: first?.id, keys: [] },
      ])
      const lane = { system: 'crm', entity: 'Contact', key: second?.keys[0] ?? '' }
      const split = await hub.core.stewardship.split(survivor, [lane], act)
      await hub.quiet()
      expect(split).toEqual({ remaining: first?.id, separated: [second?.id] })
      const content = (rows: CustomerRow[]): unknown[] =>
        rows.map(({ id, state, keys, golden }) => ({
          id,
          state,
          keys,
          golden: { ...golden, version: undefined, updatedAt: undefined },
        }))
      const after = await customers()
      expect(content(after)).toEqual(content(before))
      expect((await events()).map((event) => event.type)).toEqual(
        expect.arrayContaining(['customer.joined', 'customer.split']),
      )
    })

    test('a decision outlives every later change of the records', async () => {
      await accept(push('crm/Contact/1', ANNA), push('billing/Account/77', ANNA_BILLED))
      const [anna] = await customers()
      await hub.core.stewardship.split(anna?.id ?? '', [{ system: 'billing', entity: 'Account', key: '77' }], act)
      await accept(
        push('billing/Account/77', { ...ANNA_BILLED, town: 'Bradford' }),
        push('crm/Contact/1', { ...ANNA, City: 'Hull' }),
      )
      expect((await customers()).filter((row) => row.state === 0)).toHaveLength(2)
    })

    test('impossible decisions are refused and change nothing', async () => {
      await accept(push('crm/Contact/1', ANNA))
      const [anna] = await customers()
      const { stewardship } = hub.core
      const unknown = '01900000-0000-7000-8000-000000000000'
      await expect(stewardship.join(anna?.id ?? '', unknown, act)).rejects.toMatchObject({ code: 'customer.unknown' })
      await expect(stewardship.join(anna?.id ?? '', anna?.id ?? '', act)).rejects.toMatchObject({
        code: 'customer.already-joined',
      })
      const lane = { system: 'crm', entity: 'Contact', key: '1' }
      await expect(stewardship.split(anna?.id ?? '', [lane], act)).rejects.toMatchObject({
        code: 'customer.split.nothing-left',
      })
      const foreign = { system: 'crm', entity: 'Contact', key: '9' }
      await expect(stewardship.split(anna?.id ?? '', [foreign], act)).rejects.toMatchObject({
        code: 'customer.split.foreign-record',
      })
      expect(await customers()).toMatchObject([{ version: 1 }])
    })
  })

  describe('Parking', () => {
    test('a change that cannot be mapped holds its lane only, and goes on in order once it is repaired', async () => {
      await accept(push('billing/Account/1', { ...ANNA_BILLED, born: 'never' }), push('crm/Contact/2', BORIS))
      await accept(push('billing/Account/1', ANNA_BILLED))
      expect(await hub.ledger()).toMatchObject({ accepted: 3, applied: 1, parked: 2 })
      const { rows } = await hub.db.query<{ no: number; waiting: boolean; code: string }>({
        text: 'select no::float8 as no, waiting, cause_code as code from parked_change order by no',
      })
      expect(rows).toMatchObject([
        { waiting: false, code: 'mapping.value.unparsable' },
        { waiting: true, code: 'lane.held' },
      ])
      const no = rows[0]?.no ?? 0
      const repaired = { ...ANNA_BILLED, born: '19810409' }
      expect(await hub.core.parking.dryRun(no, repaired)).toMatchObject({ kind: 'document' })
      await hub.core.parking.edit(no, repaired, 0, 'olga')
      await expect(hub.core.parking.edit(no, repaired, 0, 'olga')).rejects.toMatchObject({
        code: 'parked.edited-meanwhile',
      })
      expect(await hub.core.parking.replay(no, 'olga')).toEqual({ released: 2, parked: 0 })
      await hub.quiet()
      expect(await hub.ledger()).toMatchObject({ accepted: 3, applied: 3, parked: 0 })
    })

    test('discarding the change at fault lets those behind it go on', async () => {
      await accept(push('billing/Account/1', { ...ANNA_BILLED, born: 'never' }))
      await accept(push('billing/Account/1', ANNA_BILLED))
      const { rows } = await hub.db.query<{ no: number }>({ text: 'select min(no)::float8 as no from parked_change' })
      expect(await hub.core.parking.discard(rows[0]?.no ?? 0, 'olga', 'nonsense')).toEqual({ released: 1, parked: 0 })
      expect(await hub.ledger()).toMatchObject({ accepted: 2, applied: 1, discarded: 1, parked: 0 })
    })

    test('a change that the store refuses is found by halving its batch, and only it is parked', async () => {
      const changes = Array.from({ length: 60 }, (_, i) => push(`crm/Contact/${i}`, { ...BORIS, FirstName: `B${i}` }))
      // The front doors refuse NUL, which PostgreSQL cannot keep; this is what happens to one that gets past them.
      changes[37] = push('crm/Contact/37\u0000', BORIS)
      await accept(...changes)
      expect(await hub.ledger()).toMatchObject({ accepted: 60, applied: 59, parked: 1 })
    })

    test('an entity without a mapping is parked and replayed when the mapping is published', async () => {
      await accept(push('crm/Lead/1', ANNA))
      expect(await hub.ledger()).toMatchObject({ parked: 1 })
      const document = readFileSync(`${workspace.folder}/mappings/crm/Contact.yaml`, 'utf8').replace(
        'source: Contact',
        'source: Lead',
      )
      const head = await hub.core.desk.draft(
        { system: 'crm', entity: 'Lead' },
        { document, cases: null, note: null },
        'ed',
      )
      await hub.core.desk.publish(head, 'ed')
      expect(await hub.core.parking.replayAll({ code: 'mapping.missing' }, 'olga')).toEqual({ released: 1, parked: 0 })
      expect(await customers()).toHaveLength(1)
    })
  })

  describe('A new mapping revision', () => {
    test('maps the stored records anew, and a roll-back restores what was', async () => {
      await accept(
        push('crm/Contact/1', ANNA),
        push('crm/Contact/2', BORIS),
        push('billing/Account/5', { ...ANNA_BILLED, born: '' }),
      )
      const text = PUSH_WORKSPACE['mappings/crm/Contact.yaml'] ?? ''
      const document = text.replace('name.family: LastName', 'name.family: { from: LastName, convert: upper }')
      const head = await hub.core.desk.draft(
        { system: 'crm', entity: 'Contact' },
        { document, cases: null, note: 'shout' },
        'ed',
      )
      await hub.core.desk.publish(head, 'ed')
      await reprojected()
      const familyNames = async (): Promise<unknown[]> =>
        (await customers()).map((row) => (row.golden.name as JsonObject).family).sort()
      expect(await familyNames()).toEqual(expect.arrayContaining(['QUILL']))
      await hub.core.desk.rollBack('crm', 'Contact', 'ed')
      await reprojected()
      expect(await familyNames()).toEqual(expect.arrayContaining(['Quill']))
      expect(await hub.ledger()).toMatchObject({ accepted: 3, applied: 3 })
    })

    test('a broken document or a failing case is not published', async () => {
      const target = { system: 'crm', entity: 'Contact' }
      const broken = {
        document: 'source: Contact\ntarget: customer\nfields: { kind: { convert: nonsense } }',
        cases: null,
        note: null,
      }
      await expect(hub.core.desk.draft(target, broken, 'ed')).rejects.toMatchObject({ family: 'config' })
      const document = PUSH_WORKSPACE['mappings/crm/Contact.yaml'] ?? ''
      const cases =
        '- title: A contact is an organization\n  input: { Id: 1 }\n  expect: { kind: organization, status: active }\n'
      const head = await hub.core.desk.draft(target, { document, cases, note: null }, 'ed')
      await expect(hub.core.desk.publish(head, 'ed')).rejects.toMatchObject({ code: 'mapping.cases-failed' })
      expect(hub.core.mappings.find('crm', 'Contact')?.revision).toBe(1)
    })
  })

  async function reprojected(): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      const { rows } = await hub.db.query<{ open: string }>({
        text: 'select count(*) as open from reprojection where finished_at is null',
      })
      if (rows[0]?.open === '0') {
        await hub.quiet()
        return
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error('the reprojection did not finish')
  }
})
