import assert from 'node:assert/strict'
import type { Connector, CreateResult, RecordCreate } from '../../hub/contracts/connector.ts'
import type { HubError } from '../../hub/contracts/hub-error.ts'
import type { Bench } from './bench.ts'
import type { Check } from './check.ts'
import type { TestEntity } from './harness.ts'
import { collect, fieldsOf, nativeFields, poll, pollStart, recordsOf } from './reading.ts'

/** 26: records under keys that the system gives. */
export const CREATING_CHECKS: Check[] = [
  {
    number: 26,
    title:
      'a create whose answer is lost and that is repeated makes one record, and its key comes back in the next poll',
    inapplicable: ({ spec }, { lacks }) =>
      spec.capabilities.create === true
        ? lacks?.givenKeys
        : 'the connector makes no records under keys that the system gives',
    run: createTwice,
  },
]

async function createTwice(bench: Bench): Promise<void> {
  const { numberedEntity } = bench.system
  assert.ok(numberedEntity, 'the harness offers no SystemUnderTest.numberedEntity, nor does lacks.givenKeys say why')
  const entity = await numberedEntity()
  const open = await bench.open()
  const { connector } = open
  assert.equal(connector.keysFrom?.(entity.config) ?? 'system', 'system', 'the system names records of this entity')
  const start = await pollStart(open, entity)
  const first = createOf(entity, 1)
  const key = keyOf(await createOne(connector, entity, first))
  assert.equal(keyOf(await createOne(connector, entity, first)), key, 'the same create once more is the same record')
  const keys = [key]
  if (!bench.lacks('tornWrite', bench.system.breakAfterCommit !== undefined)) {
    bench.system.breakAfterCommit?.()
    keys.push(await tornCreate(connector, entity))
  }
  assert.equal((await entity.oracle()).length, keys.length, 'no record was made twice')
  const records = recordsOf(await collect(poll(open, entity, start)))
  for (const [at, wanted] of keys.entries()) {
    const read = records.findLast((record) => record.key === wanted)
    assert.ok(read, `the record with the key ${wanted} comes back in the next poll`)
    const { name, amount } = fieldsOf(entity, read.data)
    assert.deepEqual([name, Number(amount)], [`Made ${at + 1} ü`, at + 1], 'with what it was made of')
  }
}

/** The system has made the record, but its answer is lost on the way. */
async function tornCreate(connector: Connector, entity: TestEntity): Promise<string> {
  const create = createOf(entity, 2)
  const torn = await createOne(connector, entity, create)
  assert.ok(
    torn.outcome === 'created' || torn.error.family === 'retry',
    'a torn create must fail with a retry, or be found as created',
  )
  assert.equal((await entity.oracle()).length, 2, 'the line broke after the commit')
  return keyOf(await createOne(connector, entity, { ...create, mayExist: true }))
}

function createOf(entity: TestEntity, amount: number): RecordCreate {
  const fields = nativeFields(entity, { name: `Made ${amount} ü`, amount })
  // As long as a UUID, and with characters that systems fold.
  return { fields, idempotencyKey: `Create-${amount}-0193b2c4-7f00-7abc-8def` }
}

async function createOne(connector: Connector, entity: TestEntity, create: RecordCreate): Promise<CreateResult> {
  const [result] = (await connector.create?.(entity.config, [create])) ?? []
  return result ?? assert.fail('a create has a result')
}

function keyOf(result: CreateResult): string {
  if (result.outcome === 'created') return result.key
  const { code, message, internal }: HubError = result.error
  return assert.fail(`a create fails (${code}: ${message} ${internal ?? ''})`)
}
