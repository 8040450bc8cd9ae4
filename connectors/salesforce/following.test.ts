import { setTimeout as sleep } from 'node:timers/promises'
import { SalesforceFake } from '../../demo/fakes/salesforce/index.ts'
import type { Checkpoint, EntityConfig, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { SalesforceConnector } from './connector.ts'
import { salesforceSettings } from './settings.ts'
import { resumeFrom, RETENTION_MS } from './stream-place.ts'

const FIELDS = { LastName: { type: 'string' }, Key__c: { type: 'string', externalId: true, unique: true } } as const
const CONTACT: EntityConfig = { entity: 'Contact', mode: 'log', options: {} }
const THING: EntityConfig = { entity: 'Thing', mode: 'log', options: { object: 'Thing__c', externalIdField: 'Key__c' } }

let fake: SalesforceFake
let readers: Reader[] = []

/** Reads in the background, as the engine does. */
class Reader {
  readonly pages: Page[] = []
  failure: unknown
  readonly connector: SalesforceConnector
  readonly #abort = new AbortController()
  readonly #ended: Promise<void>

  constructor(entities: readonly EntityConfig[], from: Checkpoint | null = null, settings: JsonObject = {}) {
    const { clientId, clientSecret } = fake.organization.options
    const all = salesforceSettings({ loginUrl: fake.url, clientId, clientSecret, describeSeconds: 0, ...settings })
    this.connector = new SalesforceConnector(all, quietContext('crm', this.#abort.signal))
    this.#ended = this.#read(entities, from).catch((error: unknown) => void (this.failure = error))
    readers.push(this)
  }

  async #read(entities: readonly EntityConfig[], from: Checkpoint | null): Promise<void> {
    for await (const page of this.connector.subscribe(entities, from)) this.pages.push(page)
  }

  get records(): SourceRecord[] {
    return this.pages.flatMap((page) => page.records)
  }

  get gaps(): string[] {
    return this.pages.flatMap(({ gap }) => gap ?? [])
  }

  get place(): Checkpoint {
    return this.pages.at(-1)?.checkpoint ?? {}
  }

  async until(met: (reader: Reader) => boolean): Promise<this> {
    for (let wait = 0; wait < 1500 && !met(this) && this.failure === undefined; wait += 1) await sleep(10)
    if (this.failure instanceof Error) throw this.failure
    if (!met(this)) throw new Error(`still ${this.records.length} records, gaps: ${this.gaps.join()}`)
    return this
  }

  begun(): Promise<this> {
    return this.until(({ pages }) => pages.length > 0)
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#ended
    await this.connector.close()
  }
}

beforeEach(async () => {
  const objects = {
    Contact: { keyPrefix: '003', fields: FIELDS },
    Thing__c: { fields: FIELDS },
    Silent: { fields: FIELDS, cdc: false },
  }
  fake = new SalesforceFake({ longPollSeconds: 2, objects })
  await fake.listen()
})

afterEach(async () => {
  for (const reader of readers) await reader.stop()
  readers = []
  await fake.close()
})

const insert = (object: string, fields: object = {}): string =>
  fake.store.transaction((transaction) => String(transaction.insert(object, { LastName: 'New', ...fields }).Id))
const update = (object: string, id: string, LastName: string): void =>
  void fake.store.transaction((transaction) => transaction.update(object, id, { LastName }))

describe('change events', () => {
  test('of several objects come with the whole record, created, changed, deleted and undeleted', async () => {
    const reader = await new Reader([CONTACT, THING]).begun()
    const contact = insert('Contact')
    insert('Thing__c', { Key__c: 'k/1' })
    update('Contact', contact, 'Changed')
    await reader.until(({ records }) => records.length === 3)
    fake.store.transaction((transaction) => transaction.delete('Contact', contact))
    await reader.until(({ records }) => records.length === 4)
    fake.store.transaction((transaction) => transaction.undelete('Contact', contact))
    await reader.until(({ records }) => records.length === 5)
    expect(reader.records.map(({ entity, key, kind }) => [entity, key, kind])).toEqual([
      ['Contact', contact, 'upsert'],
      ['Thing', 'k/1', 'upsert'],
      ['Contact', contact, 'upsert'],
      ['Contact', contact, 'delete'],
      ['Contact', contact, 'upsert'],
    ])
    expect(reader.records[2]?.data).toMatchObject({ Id: contact, LastName: 'Changed', Key__c: null, IsDeleted: false })
    const sequences = reader.records.map(({ sequence }) => Number(sequence))
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b))
  })

  test('that are delivered twice have the same version, and late ones lose nothing', async () => {
    const reader = await new Reader([CONTACT]).begun()
    fake.faults.duplicateEvents = true
    const release = fake.streaming.holdEvents()
    const ids = ['A', 'B', 'C'].map((LastName) => insert('Contact', { LastName }))
    release(true)
    await reader.until(({ records }) => records.length === 6)
    const versions = new Set(reader.records.map(({ key, version }) => `${key} ${version}`))
    expect(versions.size).toBe(3)
    expect(new Set(reader.records.map(({ key }) => key))).toEqual(new Set(ids))
  })

  test('go on from the last one after a stop, and from the beginning where none had come', async () => {
    const first = await new Reader([CONTACT]).begun()
    await first.stop()
    const ids = [insert('Contact')]
    const second = await new Reader([CONTACT], first.place).until(({ records }) => records.length === 1)
    await second.stop()
    ids.push(insert('Contact'), insert('Contact'))
    const third = await new Reader([CONTACT], second.place).until(({ records }) => records.length === 2)
    await sleep(100)
    expect([...second.records, ...third.records].map(({ key }) => key)).toEqual(ids)
    expect([...second.gaps, ...third.gaps]).toEqual([])
  })

  test('go on unaided when the server forgets the client, and when the session has expired', async () => {
    const reader = await new Reader([CONTACT]).begun()
    insert('Contact')
    await reader.until(({ records }) => records.length === 1)
    fake.streaming.forgetClients()
    insert('Contact')
    await reader.until(({ records }) => records.length === 2)
    fake.organization.endSessions()
    insert('Contact')
    insert('Contact')
    await reader.until(({ records }) => new Set(records.map(({ key }) => key)).size === 4)
    expect(reader.gaps).toEqual([])
    expect(reader.failure).toBeUndefined()
  })

  test('whose replay id is refused are a gap, after which the stream is held anew and snapshots outrank what was read', async () => {
    const first = await new Reader([CONTACT]).begun()
    insert('Contact')
    await first.until(({ records }) => records.length === 1)
    await first.stop()
    insert('Contact')
    fake.streaming.expireEvents()
    const second = await new Reader([CONTACT], first.place).begun()
    expect(second.gaps).toEqual([
      expect.stringMatching(/^Change events of Contact since .+Z are no longer retained\.$/),
    ])
    const snapshot = []
    for await (const page of second.connector.backfill(CONTACT, null)) snapshot.push(...page.records)
    expect(snapshot).toHaveLength(2)
    const before = Number(first.records[0]?.sequence)
    expect(snapshot.every(({ sequence }) => Number(sequence) >= before)).toBe(true)
    insert('Contact')
    await second.until(({ records }) => records.length === 1)
    expect(Number(second.records[0]?.sequence)).toBeGreaterThan(Number(snapshot[0]?.sequence))
  })

  test('that went on without a break are no gap, however long nothing comes', async () => {
    const first = await new Reader([CONTACT]).begun()
    const id = insert('Contact')
    await first.until(({ records }) => records.length === 1)
    await first.stop()
    update('Contact', id, 'Unseen')
    const second = await new Reader([CONTACT], first.place).until(({ records }) => records.length === 1)
    await sleep(5500)
    expect([second.gaps, second.records.length, second.failure]).toEqual([[], 1, undefined])
  })

  test('that were lost without a word are found out by the records that have changed', async () => {
    fake.faults.expiredReplay = 'silent'
    const first = await new Reader([CONTACT]).begun()
    const id = insert('Contact')
    await first.until(({ records }) => records.length === 1)
    await first.stop()
    // Another second than the last event, so that it can be told from it.
    await sleep(1100)
    update('Contact', id, 'Unseen')
    fake.streaming.expireEvents()
    const second = await new Reader([CONTACT], first.place).until(({ gaps }) => gaps.length > 0)
    expect(second.gaps).toEqual(['Changes of Contact came without an event.'])
    await second.stop()
    // Told once: the place behind the gap knows of it.
    const third = await new Reader([CONTACT], second.place).begun()
    await sleep(5500)
    expect([third.gaps, third.records, third.failure]).toEqual([[], [], undefined])
  })

  test('that say no more than that a record changed are read again; those that name no record are a gap', async () => {
    const object = fake.store.object('Contact')
    if (object === undefined) throw new Error('no Contact')
    const id = insert('Contact', { LastName: 'As it is' })
    const reader = await new Reader([CONTACT]).begun()
    fake.streaming.tellGap(object, 'GAP_UPDATE', [id])
    await reader.until(({ records }) => records.length === 1)
    expect(reader.records[0]?.data).toMatchObject({ LastName: 'As it is' })
    fake.streaming.tellGap(object, 'GAP_DELETE', [id])
    await reader.until(({ records }) => records.length === 2)
    expect(reader.records[1]).toMatchObject({ kind: 'delete', key: id })
    expect(reader.gaps).toEqual([])
    fake.streaming.tellGap(object, 'GAP_OVERFLOW', ['000000000000000AAA'])
    await reader.until(({ gaps }) => gaps.length === 1)
    fake.streaming.tellGap(object, 'UPDATE', ['003*'])
    await reader.until(({ gaps }) => gaps.length === 2)
  })

  test('of a record that was deleted for good before its key was read are a gap', async () => {
    const id = insert('Thing__c', { Key__c: 'k1' })
    const kept = insert('Thing__c', { Key__c: 'k2' })
    const reader = await new Reader([THING]).begun()
    fake.store.transaction((transaction) => transaction.delete('Thing__c', kept))
    await reader.until(({ records }) => records.length === 1)
    expect(reader.records[0]).toMatchObject({ kind: 'delete', key: 'k2' })
    const release = fake.streaming.holdEvents()
    fake.store.transaction((transaction) => transaction.delete('Thing__c', id))
    fake.store.purge('Thing__c')
    release()
    await reader.until(({ gaps }) => gaps.length === 1)
  })

  test('of an object that is not selected are refused with what to do; switched off they are not asked for', async () => {
    const silent = { entity: 'Silent', mode: 'log', options: {} } as const
    const reader = new Reader([silent])
    await expect(reader.begun()).rejects.toMatchObject({ code: 'connector.forbidden' })
    await expect(reader.connector.check([silent])).rejects.toMatchObject({
      code: 'connector.forbidden',
      fix: expect.stringContaining('Change Data Capture'),
    })
    const off = new Reader([CONTACT], null, { cdc: false })
    await expect(off.begun()).rejects.toMatchObject({ code: 'connector.settings', where: '/settings/cdc' })
    await expect(off.connector.check([CONTACT])).rejects.toMatchObject({ where: '/entities/Contact/mode' })
  })

  test('show the marks of our own writes, of several in one request too', async () => {
    const reader = await new Reader([CONTACT, THING]).begun()
    const long = 'x'.repeat(300)
    await reader.connector.write(THING, [{ key: 'one', fields: { LastName: '1' }, idempotencyKey: long }])
    const many = ['a', 'b', 'c'].map((key) => ({ key, fields: { LastName: key }, idempotencyKey: `key of ${key}` }))
    await reader.connector.write(THING, many)
    insert('Thing__c', { Key__c: 'other' })
    await reader.until(({ records }) => records.length === 5)
    expect(reader.records.map(({ key, writtenBy }) => [key, writtenBy])).toEqual([
      ['one', long],
      ['a', 'key of a'],
      ['b', 'key of b'],
      ['c', 'key of c'],
      ['other', undefined],
    ])
  })

  test('without a valid place are refused', async () => {
    const reader = new Reader([CONTACT], { lsn: '0/1' })
    await expect(reader.begun()).rejects.toMatchObject({ code: 'connector.settings' })
  })
})

describe('where a stream goes on', () => {
  const now = 1_700_000_000_000
  const known = { stamp: '', ids: [] }

  test('is the last replay id, while its event is retained', () => {
    expect(resumeFrom({ replayId: 7, committedAt: now - 1000, known }, now - 500, now)).toBe(7)
  })

  test('is all that is retained, where the last event is too old but the stream was heard since', () => {
    expect(resumeFrom({ replayId: 7, committedAt: now - RETENTION_MS - 1, known }, now - 500, now)).toBe(-2)
    expect(resumeFrom({ known }, now - 500, now)).toBe(-2)
  })

  test('is nowhere after more time than events are retained', () => {
    expect(resumeFrom({ replayId: 7, committedAt: now, known }, now - RETENTION_MS - 1, now)).toBeUndefined()
  })
})
