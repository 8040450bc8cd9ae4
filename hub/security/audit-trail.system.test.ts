import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { type Database, openDatabase } from '../store/database.ts'
import { writeAudit } from '../store/decision-queries.ts'
import { type TestDatabase, testDatabase } from '../../test/support/test-database.ts'
import { type AuditedRead, AuditTrail } from './audit-trail.ts'
import { verifyAudit } from './audit-verify.ts'

let database: TestDatabase
let db: Database
beforeAll(async () => {
  database = await testDatabase()
  db = openDatabase(database.url, { poolMax: 6 })
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

const fail = (error: unknown): void => {
  throw error
}
const PRINCIPAL = { keyId: 'k3x9w2m7p4qa', name: 'web shop', role: 'channel', system: null } as const
const readOf = (records: string[], parameters: string[] = []): AuditedRead => ({
  principal: PRINCIPAL,
  operation: 'getCustomer',
  subject: '/v1/customers/{id}',
  records,
  parameters,
})

async function tamper(...statements: string[]): Promise<void> {
  await db.session(async (client) => {
    // Only who owns the tables can do this: the trail does not stop them, it shows what they did.
    await client.query(`set session_replication_role = replica`)
    for (const statement of statements) await client.query(statement)
  })
}

async function act(trail: AuditTrail, ...acts: string[]): Promise<void> {
  for (const name of acts) await writeAudit(db, { actor: 'ann', act: name, subject: 'x', facts: { name } })
  await trail.flush()
}

const count = async (table: string): Promise<number> =>
  (await db.query<{ n: number }>({ text: `select count(*)::float8 as n from ${table}` })).rows[0]?.n ?? -1

describe('The audit trail', () => {
  const live = (): AuditTrail => new AuditTrail({ db, onError: fail })

  test('gathers the reads of a moment into one entry for each caller and operation', async () => {
    const audit = live()
    const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()]
    audit.read(readOf([one]))
    audit.read(readOf([two]))
    audit.read(readOf([one]))
    audit.read(readOf([three], ['include']))
    const search = { ...readOf([], ['q']), operation: 'listCustomers' }
    audit.read(search)
    audit.found(search, [one, two])
    await audit.flush()
    const { rows } = await db.query<{ act: string; facts: string; records: string[] }>({
      text: 'select act, facts, records::text[] as records from audit_entry order by no',
    })
    expect(rows.map(({ facts, ...row }) => ({ ...row, facts: JSON.parse(facts) as unknown }))).toEqual([
      { act: 'read.getCustomer', facts: { requests: 3 }, records: [one, two] },
      { act: 'read.getCustomer', facts: { requests: 1, parameters: ['include'] }, records: [three] },
      { act: 'read.listCustomers', facts: { requests: 1, parameters: ['q'] }, records: [one, two] },
    ])
    expect(await verifyAudit(db)).toMatchObject({ sound: true, entries: 3, waiting: 0, faults: [] })
  })

  test('can not be changed, emptied or shortened, not even by the hub', async () => {
    for (const statement of [
      `update audit_entry set actor = 'nobody'`,
      'delete from audit_entry',
      'truncate audit_entry cascade',
      `update audit_link set hash = sha256('x')`,
      'delete from audit_link',
      'truncate audit_link',
    ]) {
      const attempt = db.query({ text: statement }).catch((error: unknown) => String((error as Error).cause))
      expect(await attempt).toMatch(/append-only|permission denied/)
    }
  })

  test('has one chain also where several processes write and chain at once', async () => {
    const trails = [live(), live(), live()]
    const before = (await verifyAudit(db)).entries
    await Promise.all(
      trails.flatMap((one, i) =>
        Array.from({ length: 20 }, async (_, n) => {
          one.read(readOf([randomUUID()], [`p${n}`]))
          await writeAudit(db, { actor: `a${i}`, act: 'test', subject: String(n), facts: {} })
          await one.flush()
        }),
      ),
    )
    for (const one of trails) await one.flush()
    const verdict = await verifyAudit(db)
    expect(verdict).toMatchObject({ sound: true, waiting: 0 })
    expect(verdict.entries).toBe(await count('audit_entry'))
    expect(verdict.entries).toBe(await count('audit_link'))
    expect(verdict.entries).toBeGreaterThan(before + 60)
  })

  test('keeps reads that the database did not take and writes them later, each once', async () => {
    let away = true
    const flaky = {
      ...db,
      query: (config: never) => (away ? Promise.reject(new Error('away')) : db.query(config)),
    } as unknown as Database
    const audit = new AuditTrail({ db: flaky, onError: () => undefined })
    const [one, two] = [randomUUID(), randomUUID()]
    audit.read(readOf([one], ['late']))
    await expect(audit.flush()).rejects.toThrow('away')
    audit.read(readOf([two], ['late']))
    away = false
    await audit.flush()
    const { rows } = await db.query<{ records: string[]; facts: string }>({
      text: `select records::text[] as records, facts from audit_entry where facts::text like '%late%'`,
    })
    expect(
      rows.map(({ records, facts }) => ({ records: records.sort(), facts: JSON.parse(facts) as unknown })),
    ).toEqual([{ records: [one, two].sort(), facts: { requests: 2, parameters: ['late'] } }])
  })

  test('refuses reads that it can not hold, and takes them again once it has written', async () => {
    const audit = new AuditTrail({ db, onError: fail, heldMax: 3 })
    audit.read(readOf([randomUUID(), randomUUID()]))
    expect(() => {
      audit.read(readOf([randomUUID()]))
    }).toThrow('can not note who reads')
    await audit.flush()
    audit.read(readOf([randomUUID()]))
    await audit.flush()
  })

  test('is written a moment later without anybody asking for it', async () => {
    const audit = new AuditTrail({ db, onError: fail, flushMs: 20 })
    audit.start()
    const before = await count('audit_entry')
    audit.read(readOf([randomUUID()]))
    for (let tries = 0; tries < 200 && (await count('audit_entry')) === before; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(await count('audit_entry')).toBe(before + 1)
    await audit.stop()
    expect(await verifyAudit(db)).toMatchObject({ sound: true, waiting: 0 })
  })
})

describe('Verification', () => {
  let first = 0
  const nth = (n: number): number => first + n
  beforeAll(async () => {
    await act(new AuditTrail({ db, onError: fail }), 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')
    const { rows } = await db.query<{ position: number }>({
      text: `select l.position::float8 as position from audit_link l join audit_entry e on e.no = l.entry where e.act = 'a'`,
    })
    first = rows[0]?.position ?? 0
  })
  const entryAt = (position: number): string => `(select entry from audit_link where position = ${position})`

  test('finds an entry whose words were changed, and where it stands', async () => {
    await tamper(`update audit_entry set actor = 'bob' where no = ${entryAt(nth(1))}`)
    expect(await verifyAudit(db)).toMatchObject({ sound: false, faults: [{ kind: 'entry-changed', position: nth(1) }] })
    await tamper(`update audit_entry set actor = 'ann' where no = ${entryAt(nth(1))}`)
    expect(await verifyAudit(db)).toMatchObject({ sound: true })
  })

  test.each([
    ['its time', `at = at + interval '1 microsecond'`, `at = at - interval '1 microsecond'`],
    ['its act', `act = 'x'`, `act = 'b'`],
    ['its facts', `facts = '{"name":"x"}'`, `facts = '{"name":"b"}'`],
    ['its records', `records = '{}'`, 'records = null'],
  ])('notices a change of %s', async (_, change, back) => {
    await tamper(`update audit_entry set ${change} where no = ${entryAt(nth(1))}`)
    expect((await verifyAudit(db)).faults).toMatchObject([{ kind: 'entry-changed', position: nth(1) }])
    await tamper(`update audit_entry set ${back} where no = ${entryAt(nth(1))}`)
    expect((await verifyAudit(db)).faults).toEqual([])
  })

  test('finds an entry that was put in beside the chain', async () => {
    await tamper(`insert into audit_entry (actor, act, subject) values ('eve', 'forged', 'x')`)
    const { faults } = await verifyAudit(db)
    expect(faults).toMatchObject([{ kind: 'entry-not-chained', position: null }])
    await tamper(`delete from audit_entry where act = 'forged'`)
  })

  test('finds entries that were exchanged for each other', async () => {
    const [a, b] = [nth(3), nth(4)]
    const { rows } = await db.query<{ entry: string }>({
      text: `select entry from audit_link where position in (${a}, ${b}) order by position`,
    })
    const [left, right] = rows.map(({ entry }) => entry)
    const put = (one?: string, other?: string): Promise<void> =>
      tamper(
        `update audit_link set entry = -1 where position = ${a}`,
        `update audit_link set entry = ${other} where position = ${b}`,
        `update audit_link set entry = ${one} where position = ${a}`,
      )
    await put(right, left)
    expect((await verifyAudit(db)).faults).toMatchObject([
      { kind: 'entry-changed', position: a },
      { kind: 'entry-changed', position: b },
    ])
    await put(left, right)
    expect((await verifyAudit(db)).faults).toEqual([])
  })

  test('finds a chain that was made anew only against a head that was noted elsewhere, and an end that was cut off', async () => {
    const { head } = await verifyAudit(db)
    if (head === null) throw new Error('The chain is empty.')
    expect(await verifyAudit(db, [head])).toMatchObject({ sound: true })
    const other = { position: head.position, hash: head.hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) }
    expect((await verifyAudit(db, [other])).faults).toMatchObject([{ kind: 'head-differs', position: head.position }])
    const last = `(select entry from audit_link where position = ${head.position})`
    await tamper(
      `delete from audit_entry where no = ${last}`,
      `delete from audit_link where position = ${head.position}`,
    )
    expect(await verifyAudit(db)).toMatchObject({ sound: true })
    expect((await verifyAudit(db, [head])).faults).toEqual([
      { kind: 'end-removed', position: head.position, entry: null },
    ])
  })

  test('finds an entry that was removed, and one that was removed with its link', async () => {
    await tamper(`delete from audit_entry where no = ${entryAt(nth(2))}`)
    expect((await verifyAudit(db)).faults).toMatchObject([{ kind: 'entry-removed', position: nth(2) }])
    await tamper(`delete from audit_link where position = ${nth(2)}`)
    expect((await verifyAudit(db)).faults).toEqual([{ kind: 'link-removed', position: nth(2), entry: null }])
  })
})
