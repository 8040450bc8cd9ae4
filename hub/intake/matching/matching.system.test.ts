import { once } from 'node:events'
import { expectBalanced, makeWorkspace, type RunningCore, startCore } from '../../../test/support/core.ts'
import { seededRandom } from '../../../test/support/identity-records.ts'
import { shippedDocument } from '../../../test/support/matching-model.ts'
import { push, PUSH_WORKSPACE } from '../../../test/support/push-workspace.ts'
import { type TestDatabase, testDatabase } from '../../../test/support/test-database.ts'
import { laneName } from '../../contracts/change.ts'
import { FEATURES_FORM, type IdentityFeatures } from '../../identity/features.ts'
import { matchKeyHash, matchKeys } from '../../identity/keys.ts'
import { compileModel } from '../../identity/model.ts'
import { resolveInMemory } from '../../identity/resolve.ts'
import { type MatchSnapshot, snapshotContext } from '../../identity/snapshot.ts'
import { openDatabase } from '../../store/database.ts'
import { currentBasis, readSnapshot } from '../../store/match-model-queries.ts'
import { MatchingParts } from '../../app/matching-parts.ts'
import { MatchingDesk } from './desk.ts'
import { MatcherRegistry } from './registry.ts'

let database: TestDatabase
let workspace: { folder: string; remove(): void }
let hub: RunningCore

beforeEach(async () => {
  database = await testDatabase()
  workspace = await makeWorkspace(PUSH_WORKSPACE)
  hub = await startCore({ workspace: workspace.folder, databaseUrl: database.url })
})

afterEach(async () => {
  await expectBalanced(hub.db)
  await hub.stop()
  await database.drop()
  workspace.remove()
})

const GIVEN = ['Abel', 'Bruno', 'Clara', 'Dorit', 'Edwin', 'Frida', 'Gerda', 'Hugo', 'Ines', 'Jonas', 'Karin', 'Ludwig']
const ENDS = ['berg', 'dale', 'field', 'ham', 'ley', 'mont', 'stead', 'ton', 'well', 'wick', 'wood', 'worth']

/** People who are in both systems, as like as two entries of one person are. */
async function pushPeople(count: number): Promise<void> {
  const random = seededRandom(5)
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? ''
  const changes = Array.from({ length: count }, (_, i) => {
    const [given, family] = [pick(GIVEN), `${pick(GIVEN).slice(0, 3)}${pick(ENDS)}`]
    const born = `${1940 + Math.floor(random() * 60)}-0${1 + Math.floor(random() * 9)}-1${Math.floor(random() * 9)}`
    const [street, town] = [`${1 + Math.floor(random() * 90)} ${pick(GIVEN)} Road`, `${pick(GIVEN)}${pick(ENDS)}`]
    const code = `LS${1 + Math.floor(random() * 9)} ${Math.floor(random() * 9)}AP`
    const contact = { FirstName: given, LastName: family, Born: born, Street: street, City: town, Postcode: code }
    const account = { first: given, last: family, born: born.replaceAll('-', ''), street, town, code, state: 'A' }
    return [push(`crm/Contact/c${i}`, contact), push(`billing/Account/a${i}`, account)]
  })
  await accept(...changes.flat())
}

/** One door, one family name, given names that are not alike, no birth date: a couple, or one person entered twice. */
async function pushDoubtful(): Promise<void> {
  await accept(
    push('crm/Contact/doubt', {
      FirstName: 'Theodora',
      LastName: 'Quillfeather',
      Street: '7 Harbour Street',
      City: 'Whitby',
      Postcode: 'YO21 3PU',
    }),
    push('billing/Account/doubt', {
      first: 'Marjorie',
      last: 'Quillfeather',
      street: '7 Harbour Street',
      town: 'Whitby',
      code: 'YO21 3PU',
      state: 'A',
    }),
  )
}

async function accept(...changes: ReturnType<typeof push>[]): Promise<void> {
  await hub.core.acceptor.accept(changes)
  await hub.quiet()
}

/** Resolves when all records have been looked at again with what is in force. */
async function reevaluated(): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const { rechecks } = await hub.core.matching.status()
    if (!rechecks.due && rechecks.waiting === 0) {
      await hub.quiet()
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the records were not looked at again')
}

/** Who is one customer, as lists of lane names. */
async function customers(): Promise<string[][]> {
  const { rows } = await hub.db.query<{ system: string; entity: string; key: string; customer: string }>({
    text: 'select system, entity, key, customer_id::text as customer from source_record where customer_id is not null',
  })
  const groups = Map.groupBy(rows, (row) => row.customer)
  return [...groups.values()].map((group) => group.map(laneName).sort()).sort(byFirst)
}

function byFirst([a = '']: string[], [b = '']: string[]): number {
  return a < b ? -1 : 1
}

/** The same by the pure room, at once and in memory. */
async function expectedCustomers(document: unknown): Promise<string[][]> {
  const { rows } = await hub.db.query<{ system: string; entity: string; key: string; features: string }>({
    text: 'select system, entity, key, features::text as features from source_record where features is not null',
  })
  const records = rows.map((row) => ({ id: laneName(row), features: JSON.parse(row.features) as IdentityFeatures }))
  const basis = await currentBasis(hub.db)
  const text = basis?.snapshot == null ? undefined : await readSnapshot(hub.db, basis.snapshot)
  const context = text === undefined ? {} : snapshotContext(JSON.parse(text) as MatchSnapshot)
  return resolveInMemory(records, compileModel(document), { context }).clusters.sort(byFirst)
}

async function doubtIsOne(): Promise<boolean> {
  return (await customers()).some((group) => group.length === 2 && group.every((name) => name.endsWith('/doubt')))
}

async function acts(): Promise<string[]> {
  const { rows } = await hub.db.query<{ act: string }>({
    text: `select act from audit_entry where act like 'matching.%' order by no`,
  })
  return rows.map((row) => row.act)
}

describe('A snapshot', () => {
  test('joins what only the overlap of systems tells, and parts it again when it is withdrawn', async () => {
    await pushPeople(150)
    await pushDoubtful()
    expect(await doubtIsOne()).toBe(false)
    const taken = await hub.core.matching.takeSnapshot('mia', 'first')
    expect(taken).toMatchObject({ version: 1, records: 302, measured: 302 })
    expect(taken.alone['billing|crm']).toBeLessThan(0.001)
    await reevaluated()
    expect(await doubtIsOne()).toBe(true)
    expect(await customers()).toEqual(await expectedCustomers(shippedDocument()))

    expect(await hub.core.matching.withdrawSnapshot('mia')).toEqual({ version: 1 })
    await reevaluated()
    expect(await doubtIsOne()).toBe(false)
    expect(await customers()).toEqual(await expectedCustomers(shippedDocument()))

    await hub.core.matching.activateSnapshot(1, 'mia')
    await reevaluated()
    expect(await doubtIsOne()).toBe(true)
    expect(await acts()).toEqual(['matching.snapshot.take', 'matching.snapshot.withdraw', 'matching.snapshot.activate'])
    expect(await hub.core.matching.snapshots()).toMatchObject([{ version: 1, author: 'mia', note: 'first' }])
  }, 60_000)

  test('measures nearly the same on a sample, and holds no more records than it may', async () => {
    await pushPeople(400)
    const whole = await hub.core.matching.takeSnapshot('mia')
    const desk = new MatchingDesk({
      db: hub.db,
      inTransaction: (run) => hub.db.transaction(run),
      inSnapshot: (run) => hub.db.transaction(run, { isolation: 'repeatable read', readOnly: true }),
      onChanged: () => Promise.resolve(),
      limits: { resolveMax: 300, pageMax: 70 },
    })
    const sampled = await desk.takeSnapshot('mia')
    expect(sampled.records).toBe(800)
    expect(sampled.measured).toBeLessThanOrEqual(300)
    expect(sampled.measured).toBeGreaterThan(100)
    // Both systems hold everybody: whoever is missing was lost by the sample.
    expect(sampled.alone['billing|crm']).toBeLessThan(0.003)
    const frequencies = async (version: number): Promise<unknown> =>
      (JSON.parse((await readSnapshot(hub.db, version)) ?? '{}') as MatchSnapshot).frequencies
    expect(await frequencies(sampled.version)).toEqual(await frequencies(whole.version))
  }, 60_000)

  test('of nothing is refused, as is the second at the same moment, and one of an unknown version', async () => {
    const { matching } = hub.core
    await expect(matching.takeSnapshot('mia')).rejects.toMatchObject({ code: 'matching.snapshot.empty' })
    await pushPeople(20)
    const first = matching.takeSnapshot('mia')
    await new Promise((resolve) => setTimeout(resolve, 20))
    await expect(matching.takeSnapshot('mia')).rejects.toMatchObject({ code: 'matching.busy' })
    await first
    await expect(matching.activateSnapshot(9, 'mia')).rejects.toMatchObject({ code: 'matching.unknown-version' })
    await expect(matching.activateSnapshot(1, 'mia')).rejects.toMatchObject({ code: 'matching.already-in-force' })
    await matching.withdrawSnapshot('mia')
    await expect(matching.withdrawSnapshot('mia')).rejects.toMatchObject({ code: 'matching.no-snapshot' })
    expect(await matching.status()).toMatchObject({ model: 1, snapshot: null })
  })
})

describe('A matching model', () => {
  test('that is stricter parts customers, and a roll-back joins them again', async () => {
    await pushPeople(40)
    const before = await customers()
    const strict = { ...shippedDocument(), version: 'strict', joinThreshold: 80, reviewBand: { from: -3, to: 90 } }
    strict.clustering.weightMax = 100
    expect(await hub.core.matching.publishModel(strict, 'mia', 'nobody twice')).toEqual({ version: 2 })
    await reevaluated()
    expect(await customers()).toEqual(await expectedCustomers(strict))
    expect(await customers()).toHaveLength(80)
    expect(await hub.core.matching.rollBackModel('mia')).toEqual({ version: 1 })
    await reevaluated()
    expect(await customers()).toEqual(before)
    expect(await hub.core.matching.models()).toMatchObject([
      { version: 2, name: 'strict', origin: 'console', author: 'mia', note: 'nobody twice' },
      { version: 1, name: 'default-1', origin: 'workspace' },
    ])
  }, 60_000)

  test('that is wrong or in force already is refused with the place of the fault, and changes nothing', async () => {
    const { matching } = hub.core
    const wrong = { ...shippedDocument(), joinThreshold: 'high' }
    await expect(matching.publishModel(wrong, 'mia')).rejects.toMatchObject({
      code: 'matching.invalid',
      status: 422,
      where: '/joinThreshold',
    })
    await expect(matching.publishModel(null, 'mia')).rejects.toMatchObject({ code: 'matching.invalid', status: 422 })
    await expect(matching.publishModel(shippedDocument(), 'mia')).rejects.toMatchObject({
      code: 'matching.already-in-force',
    })
    await expect(matching.rollBackModel('mia')).rejects.toMatchObject({ code: 'matching.nothing-to-roll-back' })
    expect(await matching.models()).toHaveLength(1)
    expect(await acts()).toEqual([])
  })

  test('of the workspace comes in force when its file changes, and only then', async () => {
    const { matching } = hub.core
    await matching.importFile(shippedDocument())
    expect(await matching.status()).toMatchObject({ model: 1 })
    await matching.publishModel({ ...shippedDocument(), version: 'by hand' }, 'mia')
    await matching.importFile(shippedDocument())
    expect(await matching.status()).toMatchObject({ model: 2, author: 'mia' })
    await matching.importFile({ ...shippedDocument(), version: 'edited' })
    expect(await matching.status()).toMatchObject({ model: 3, author: 'workspace' })
    await expect(matching.importFile({ version: 'broken' })).rejects.toMatchObject({ code: 'matching.invalid' })
    expect(await matching.status()).toMatchObject({ model: 3 })
  })

  test('is learnt from the stored records and can be published; too few of them teach nothing', async () => {
    const request = { kind: 'person' as const, name: 'ours' }
    await pushPeople(20)
    await expect(hub.core.matching.train(request, 'mia')).rejects.toMatchObject({ code: 'matching.train.records' })
    await pushPeople(300)
    const { document, report } = await hub.core.matching.train(request, 'mia')
    expect(report).toMatchObject({ kind: 'person', records: 600 })
    expect(report.expectedCopies).toBeGreaterThan(250)
    expect(await hub.core.matching.train(request, 'mia')).toEqual({ document, report })
    expect(await hub.core.matching.status()).toMatchObject({ model: 1 })
    await hub.core.matching.publishModel(document, 'mia')
    await reevaluated()
    expect(await customers()).toEqual(await expectedCustomers(document))
  }, 60_000)
})

describe('What matching rests on', () => {
  test('is the same on every process within a second', async () => {
    const db = openDatabase(database.url)
    const fail = (error: unknown): never => {
      throw error
    }
    const inTransaction = db.transaction.bind(db)
    const other = new MatchingParts({ db, inTransaction, onEnqueued: () => undefined, onError: fail })
    await other.load(shippedDocument())
    other.start()
    expect(other.registry.matcher.joinWeight).toBe(2)
    await hub.core.matching.publishModel({ ...shippedDocument(), joinThreshold: 3 }, 'mia')
    expect(hub.core.matcher.joinWeight).toBe(3)
    for (let tries = 0; tries < 20 && other.registry.matcher.joinWeight !== 3; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(other.registry.matcher.joinWeight).toBe(3)
    expect(other.registry.basis).toEqual({ no: 2, model: 2, snapshot: null })
    await other.stop()
    await db.close()
  })

  test('is asked for once more by a process that was held up and comes too late to it', async () => {
    await pushPeople(3)
    const late = new MatcherRegistry()
    await late.refresh(hub.db)
    await hub.core.matching.publishModel({ ...shippedDocument(), joinThreshold: 3 }, 'mia')
    await reevaluated()
    await late.refresh(hub.db)
    expect(await hub.core.matching.status()).toMatchObject({ rechecks: { due: true } })
    await reevaluated()
    expect(late.matcher.joinWeight).toBe(3)
  })

  test('has records looked at again even where every process ended before that began', async () => {
    await pushPeople(30)
    const loose = { ...shippedDocument(), version: 'strict', joinThreshold: 80, reviewBand: { from: -3, to: 90 } }
    loose.clustering.weightMax = 100
    await hub.core.matching.publishModel(loose, 'mia')
    await hub.stop()
    hub = await startCore({ workspace: workspace.folder, databaseUrl: database.url })
    expect(await hub.core.matching.status()).toMatchObject({ model: 2, rechecks: { due: true } })
    await reevaluated()
    expect(await customers()).toHaveLength(60)
  }, 60_000)

  test('waits with that for a transaction that began before', async () => {
    await pushPeople(5)
    const slow = openDatabase(database.url, { poolMax: 1 })
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const began = new EventTarget()
    const open = once(began, 'open')
    const transaction = slow.transaction(async (tx) => {
      await tx.query({ text: 'select 1' })
      began.dispatchEvent(new Event('open'))
      await held
    })
    await open
    await hub.core.matching.publishModel({ ...shippedDocument(), joinThreshold: 3 }, 'mia')
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect(await hub.core.matching.status()).toMatchObject({ rechecks: { waiting: 0, due: true } })
    release()
    await transaction
    await slow.close()
    await reevaluated()
  }, 60_000)

  test('has features and keys of an older form made anew, when the program begins to make others', async () => {
    await pushPeople(30)
    const before = await customers()
    const { rows: fresh } = await hub.db.query<{ no: number; features: string }>({
      text: 'select no::float8 as no, features::text as features from source_record order by no',
    })
    await hub.stop()
    const db = openDatabase(database.url)
    // As a program would have left it that knew no names and made its keys otherwise.
    await db.query({ text: `update source_record set features = '{"form":0,"kind":"person","born":"19000202"}'` })
    await db.query({ text: 'update match_basis set features_form = 0' })
    await db.query({ text: 'truncate match_key' })
    await db.close()
    hub = await startCore({ workspace: workspace.folder, databaseUrl: database.url })
    await reevaluated()
    const { rows } = await hub.db.query<{ no: number; features: string }>({
      text: 'select no::float8 as no, features::text as features from source_record order by no',
    })
    expect(rows).toEqual(fresh)
    const { rows: keys } = await hub.db.query<{ key: string }>({
      text: `select hash || ' ' || record_no as key from match_key`,
    })
    const expected = fresh.flatMap(({ no, features }) =>
      matchKeys(JSON.parse(features) as IdentityFeatures).map((key) => `${matchKeyHash(key)} ${no}`),
    )
    expect(keys.map(({ key }) => key).sort()).toEqual([...new Set(expected)].sort())
    expect(await customers()).toEqual(before)
    expect(await currentBasis(hub.db)).toMatchObject({ no: 2, model: 1, featuresForm: FEATURES_FORM })
  }, 60_000)
})
