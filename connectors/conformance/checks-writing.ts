import assert from 'node:assert/strict'
import type { Connector, RecordWrite, SourceRecord, WriteResult } from '../../hub/contracts/connector.ts'
import type { HubError } from '../../hub/contracts/hub-error.ts'
import type { Bench, OpenConnector } from './bench.ts'
import type { Check } from './check.ts'
import type { Mode, TestEntity, TestFields, TestRecord } from './harness.ts'
import { collect, fieldsOf, Follower, keyOf, nativeFields, poll, pollStart, someRecords } from './reading.ts'

const canWrite: Check['inapplicable'] = ({ spec }) =>
  spec.capabilities.write ? undefined : 'the connector declares no write'

const OWN_FIELDS = { name: 'Own ü 😀', amount: 7 }

/** 16 to 18 and 22: write-back. */
export const WRITING_CHECKS: Check[] = [
  {
    number: 16,
    title: 'the same write twice, and a line that breaks after the commit, are one effect',
    inapplicable: canWrite,
    run: writeTwice,
  },
  {
    number: 17,
    title: 'a stale write is a conflict that shows the current state, also within one tick of the clock',
    inapplicable: (harness, system) => canWrite(harness, system) ?? system.lacks?.precondition,
    async run(bench) {
      const entity = await bench.system.freshEntity(bench.mode)
      const at = new Date()
      const put = entity.putAt ? (records: TestRecord[]) => entity.putAt?.(records, at) : entity.put
      await put(someRecords(1))
      // The same watermark, another value: only the value tells them apart.
      await put([{ id: 'r0001', name: 'Name 1', note: null, amount: 5 }])
      const { connector } = await bench.open()
      const stale = await writeOne(connector, entity, writeOf(entity, 'r0001', { amount: 9 }, 's1', { amount: 1 }))
      assert.ok(stale.outcome === 'conflict', `a stale write ends as a conflict, not ${told(stale)}`)
      assert.equal(Number(fieldsOf(entity, stale.current).amount), 5)
      const gone = await writeOne(connector, entity, writeOf(entity, 'nobody', { amount: 9 }, 's2', { amount: 1 }))
      assert.deepEqual(gone, { outcome: 'conflict', key: keyOf(entity, 'nobody'), current: null })
      assert.equal((await stateOf(entity, 'r0001'))?.amount, 5, 'nothing was written')
    },
  },
  {
    number: 18,
    title: 'the failure of one write in a batch is told for that one, and the others are done',
    inapplicable: (harness, system) => canWrite(harness, system) ?? system.lacks?.badWrite,
    async run(bench) {
      const entity = await bench.system.freshEntity(bench.mode)
      await entity.put(someRecords(4))
      const { connector } = await bench.open()
      const bad = entity.badFields ?? [{ amount: 'no number' }, { amount: 33, 'no such field': 1 }]
      assert.ok(bad.length === 1 || bad.length === 2, 'TestEntity.badFields are one or two writes')
      const last = bench.lacks('create') ? 'r0004' : 'made'
      const results = await connector.write?.(entity.config, [
        writeOf(entity, 'r0001', { amount: 11 }, 'b1'),
        ...bad.map((fields, index) => ({
          key: keyOf(entity, `r000${index + 2}`),
          fields,
          idempotencyKey: `b${index + 2}`,
        })),
        writeOf(entity, last, { name: 'Last', amount: 44 }, 'b4'),
      ])
      assert.deepEqual(
        results?.map((result) => [result.key, result.outcome === 'failed' ? result.error.family : told(result)]),
        [
          [keyOf(entity, 'r0001'), 'written'],
          ...bad.map((_, index) => [keyOf(entity, `r000${index + 2}`), 'reject']),
          [keyOf(entity, last), 'written'],
        ],
      )
      const amounts = new Map((await entity.oracle()).map(({ id, amount }) => [id, Number(amount)]))
      const wanted = new Map([...someRecords(4).map(({ id, amount }) => [id, amount] as const)])
      assert.deepEqual(
        Object.fromEntries(amounts),
        Object.fromEntries(wanted.set('r0001', 11).set(last, 44)),
        'what failed has changed nothing',
      )
    },
  },
  {
    number: 22,
    title: "the hub's own write is known again when it is read back, by its mark or by its values",
    modes: ['poll', 'log'],
    inapplicable: canWrite,
    run: readOwnWrite,
  },
]

async function writeTwice(bench: Bench): Promise<void> {
  const mode: Mode = bench.system.modes.includes('log') ? 'log' : bench.mode
  const entity = await bench.system.freshEntity(mode)
  if (bench.backfills) await entity.put(someRecords(2))
  const open = await bench.open()
  const follower = mode === 'log' ? new Follower(open, [entity], null) : undefined
  await follower?.started()
  // A queue shows what was put into it before anybody followed.
  if (!bench.backfills) await entity.put(someRecords(2))
  if (!bench.backfills) await follower?.until(({ records }) => records.length === 2, 'the first records')
  const before = follower?.records.length ?? 0
  const conditional = !bench.lacks('precondition')
  const expected = (amount: number): TestFields | undefined => (conditional ? { amount } : undefined)
  const keys = ['r0001']
  await twice(open, entity, writeOf(entity, 'r0001', { amount: 7 }, 'w1', expected(1)))
  if (!bench.lacks('create')) {
    keys.push('made')
    await twice(open, entity, writeOf(entity, 'made', { name: 'Made', amount: 1 }, 'w2'))
    assert.equal((await stateOf(entity, 'made'))?.name, 'Made')
  }
  const torn = await tornWrite(bench, open, entity, expected(2))
  assert.equal(Number((await stateOf(entity, 'r0001'))?.amount), 7)
  assert.equal((await entity.oracle()).length, keys.length + 1, 'no record was made twice')
  if (!follower) return
  const news = (): SourceRecord[] => follower.records.slice(before)
  const count = (key: string): number => news().filter((record) => record.key === key).length
  const wanted = [...keys, ...(torn ? ['r0002'] : [])].map((id) => keyOf(entity, id))
  await follower
    .until(() => wanted.every((key) => count(key) > 0), 'the writes in the log')
    .catch((error: unknown) => assert.ok(follower.failure !== undefined && torn, told(error)))
  const again =
    follower.failure === undefined
      ? follower
      : new Follower(await bench.open(bench.system.settings, open.system), [entity], follower.checkpoint)
  await again.quiet()
  const all = again === follower ? news() : [...news(), ...again.records]
  const effects = [...new Set(all.map(({ key, version }) => JSON.stringify([key, version])))]
  for (const key of keys.map((id) => keyOf(entity, id))) {
    const ofKey = effects.filter((effect) => (JSON.parse(effect) as [string])[0] === key)
    assert.equal(ofKey.length, 1, `one change of ${key}`)
  }
  await again.stop()
}

async function twice({ connector }: OpenConnector, entity: TestEntity, write: RecordWrite): Promise<void> {
  for (let time = 1; time <= 2; time += 1) {
    const result = await writeOne(connector, entity, write)
    assert.equal(told(result), 'written', `time ${time} of the same write`)
  }
}

/** The system has done the write, but its answer is lost on the way. */
async function tornWrite(
  bench: Bench,
  { connector }: OpenConnector,
  entity: TestEntity,
  expected: TestFields | undefined,
): Promise<boolean> {
  const { proxy, commitWords, breakAfterCommit } = bench.system
  const offered = breakAfterCommit !== undefined || (proxy !== undefined && commitWords !== undefined)
  if (bench.lacks('tornWrite', offered)) return false
  const torn = writeOf(entity, 'r0002', { amount: 8 }, 'w3', expected)
  if (breakAfterCommit) bench.system.breakAfterCommit?.()
  else proxy?.cutAfterWords(commitWords ?? '')
  const result = await writeOne(connector, entity, torn).catch((error: unknown) => ({
    outcome: 'failed' as const,
    error: error as HubError,
  }))
  // Unless it has looked again by itself, the connector does not know what came of it.
  assert.ok(
    result.outcome === 'written' || (result.outcome === 'failed' && result.error.family === 'retry'),
    `a torn write must fail with a retry, or be found as written, not end as ${told(result)}`,
  )
  assert.equal(Number((await stateOf(entity, 'r0002'))?.amount), 8, 'the line broke after the commit')
  assert.equal(told(await writeOne(connector, entity, torn)), 'written', 'the torn write once more')
  return true
}

/** 22: by the mark where the system carries one; else what is read is what was written, so that the engine knows it by its hash. */
async function readOwnWrite(bench: Bench, mode: Mode): Promise<void> {
  const entity = await bench.system.freshEntity(mode)
  await entity.put(someRecords(2))
  const open = await bench.open()
  const follower = mode === 'log' ? new Follower(open, [entity], null) : undefined
  await follower?.started()
  const start = mode === 'poll' ? await pollStart(open, entity) : null
  const own = writeOf(entity, 'r0001', OWN_FIELDS, 'own/*1*/ ü')
  await writeOne(open.connector, entity, own)
  await entity.put([{ id: 'r0002', amount: 8 }])
  const keys = ['r0001', 'r0002'].map((id) => keyOf(entity, id))
  const isThere = (records: readonly SourceRecord[], key: string): boolean => records.some((each) => each.key === key)
  await follower?.until(({ records }) => keys.every((key) => isThere(records, key)), 'both changes')
  const records = follower
    ? follower.records
    : (await collect(poll(open, entity, start))).flatMap((page) => page.records)
  const [written, other] = keys.map((key) => records.filter((each) => each.key === key))
  assert.equal(other?.at(-1)?.writtenBy, undefined, "another's change is not taken for the hub's own")
  assert.equal(Number(fieldsOf(entity, other?.at(-1)?.data).amount), 8)
  if (bench.system.marks?.includes(mode)) {
    assert.deepEqual(
      written?.map(({ writtenBy }) => writtenBy),
      ['own/*1*/ ü'],
      "the hub's own write is one change, with its mark",
    )
  }
  const data = written?.at(-1)?.data ?? {}
  const [read, wrote] = entity.fromNative ? [entity.fromNative(data), OWN_FIELDS] : [data, own.fields]
  assert.deepEqual(
    Object.fromEntries(Object.keys(wrote).map((name) => [name, read[name]])),
    wrote,
    'what is read back is what was written',
  )
  await follower?.stop()
}

function writeOf(
  entity: TestEntity,
  id: string,
  fields: TestFields,
  idempotencyKey: string,
  expected?: TestFields,
): RecordWrite {
  return {
    key: keyOf(entity, id),
    fields: nativeFields(entity, fields),
    idempotencyKey,
    ...(expected === undefined ? {} : { expected: nativeFields(entity, expected) }),
  }
}

async function writeOne(connector: Connector, entity: TestEntity, write: RecordWrite): Promise<WriteResult> {
  const [result] = (await connector.write?.(entity.config, [write])) ?? []
  return result ?? assert.fail('a write has a result')
}

async function stateOf(entity: TestEntity, id: string): Promise<TestRecord | undefined> {
  return (await entity.oracle()).find((record) => record.id === id)
}

function told(result: unknown): string {
  const { outcome, error } = result as { outcome?: string; error?: Error & { code?: string } }
  if (result instanceof Error) return result.message
  return error === undefined ? String(outcome) : `${outcome} (${error.code}: ${error.message})`
}
