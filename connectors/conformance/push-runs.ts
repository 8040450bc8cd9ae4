/** Checks 7, 11, 13, 14, 15 and 25 for systems that bring their changes (`receive`). */
import assert from 'node:assert/strict'
import type { PushRequest, SourceRecord } from '../../hub/contracts/connector.ts'
import type { Bench, OpenConnector } from './bench.ts'
import type { TestEntity, TestRecord } from './harness.ts'
import { fieldsOf, keyOf, someRecords } from './reading.ts'
import { sequenceOf } from './sink.ts'

/** Takes a push as the hub does, with an answer that says it is durable. */
export async function receive({ connector }: OpenConnector, request: PushRequest): Promise<SourceRecord[]> {
  assert.ok(connector.receive, 'the connector declares receive')
  const { records, answer } = await connector.receive(request)
  assert.ok(answer.status >= 200 && answer.status < 300, `a push that was taken is answered with ${answer.status}`)
  assert.ok(answer.contentType.length > 0, 'the answer has a content type')
  return records
}

async function requestOf(entity: TestEntity, records: readonly TestRecord[]): Promise<PushRequest> {
  const request = await entity.push?.(records)
  return request ?? assert.fail('the harness offers no TestEntity.push, though its modes have push')
}

/** 7: deliveries repeat, also to another process, and each time they are the same changes. */
export async function repeatedPush(bench: Bench): Promise<void> {
  const entity = await bench.system.freshEntity('push')
  const request = await requestOf(entity, someRecords(20))
  const [one, other] = [await bench.open(), await bench.open()]
  const first = await receive(one, request)
  assert.deepEqual(
    first.map(({ key }) => key),
    someRecords(20).map(({ id }) => keyOf(entity, id)),
  )
  for (const open of [one, other]) assert.deepEqual(identities(await receive(open, request)), identities(first))
  const next = await receive(one, await requestOf(entity, someRecords(20, { note: 'later' })))
  const known = new Set(identities(first))
  assert.deepEqual(
    identities(next).filter((identity) => known.has(identity)),
    [],
    'another change of the same records has another version',
  )
}

/** 11: deletes, where the system tells them. */
export async function pushedDeletes(bench: Bench): Promise<void> {
  const entity = await bench.system.freshEntity('push')
  if (bench.lacks('pushDelete', entity.pushDelete !== undefined)) return
  const open = await bench.open()
  await receive(open, await requestOf(entity, someRecords(2)))
  const request = await entity.pushDelete?.(['r0002'])
  assert.ok(request)
  const records = await receive(open, request)
  assert.deepEqual(
    records.map(({ kind, key, data }) => [kind, key, data]),
    [['delete', keyOf(entity, 'r0002'), null]],
  )
}

/** 13, as far as it goes: null and empty text; a field that is not there is `keepsAbsent`. */
export async function pushedNothings(bench: Bench): Promise<void> {
  const entity = await bench.system.freshEntity('push')
  const [noNull, noEmpty] = [bench.lacks('null'), bench.lacks('empty')]
  const records = await receive(
    await bench.open(),
    await requestOf(entity, [
      { id: 'a', name: noEmpty ? 'A' : '', note: noNull ? 'a' : null, amount: 1 },
      { id: 'b', name: noNull ? 'B' : null, note: noEmpty ? 'b' : '' },
    ]),
  )
  const [a, b] = records.map(({ data }) => fieldsOf(entity, data))
  assert.deepEqual([a?.name, a?.note], [noEmpty ? 'A' : '', noNull ? 'a' : null])
  assert.deepEqual([b?.name, b?.note], [noNull ? 'B' : null, noEmpty ? 'b' : ''])
  if (!bench.lacks('absent', entity.keepsAbsent === true)) {
    assert.deepEqual(
      [a, b].map((fields) => Object.hasOwn(fields ?? {}, 'amount')),
      [true, false],
    )
  }
}

/** 14. */
export async function pushedTypes(bench: Bench): Promise<void> {
  const types = await bench.system.types?.('push')
  const request = await types?.push?.()
  assert.ok(types && request, 'the harness offers no TypesCase.push, though its modes have push')
  const [record, ...others] = await receive(await bench.open(), request)
  assert.deepEqual(record?.data, types.expected)
  assert.equal(record.key, types.key)
  assert.deepEqual(others, [])
}

/** 15: order within a request, and from one request to the next. */
export async function pushedOrder(bench: Bench): Promise<void> {
  const entity = await bench.system.freshEntity('push')
  const open = await bench.open()
  const states = Array.from({ length: 10 }, (_, index) => ({ id: 'one', name: 'One', note: null, amount: index + 1 }))
  const records: SourceRecord[] = []
  for (const state of states.slice(0, 5)) records.push(...(await receive(open, await requestOf(entity, [state]))))
  if (bench.lacks('order')) {
    for (const state of states.slice(5)) records.push(...(await receive(open, await requestOf(entity, [state]))))
  } else {
    records.push(...(await receive(open, await requestOf(entity, states.slice(5)))))
  }
  assert.deepEqual(
    records.map(({ data }) => Number(fieldsOf(entity, data).amount)),
    states.map(({ amount }) => amount),
  )
  assert.equal(new Set(identities(records)).size, records.length, 'each state has its own version')
  const sequences = records.map(sequenceOf).filter((sequence) => sequence !== undefined)
  assert.deepEqual(
    sequences,
    sequences.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
  )
}

/** 25: whoever cannot prove to be the system is refused, and says nothing to the hub. */
export async function assertForgeriesRefused(bench: Bench, entity: TestEntity): Promise<void> {
  if (bench.lacks('forge', entity.forge !== undefined)) return
  const request = await requestOf(entity, someRecords(2))
  const { connector } = await bench.open()
  const forged = entity.forge?.(request) ?? []
  assert.ok(forged.length > 0, 'TestEntity.forge gives at least one request')
  for (const { title, request: wrong } of forged) {
    const error = await bench.failure(async () => connector.receive?.(wrong), title)
    assert.deepEqual([title, error.code], [title, 'connector.push.unauthorized'])
  }
  await assertGoodPush(bench, entity)
}

export async function assertGoodPush(bench: Bench, entity: TestEntity): Promise<void> {
  const records = await receive(await bench.open(), await requestOf(entity, someRecords(2)))
  assert.deepEqual(
    records.map(({ key }) => key),
    someRecords(2).map(({ id }) => keyOf(entity, id)),
    'a good push is taken',
  )
}

function identities(records: readonly SourceRecord[]): string[] {
  return records.map(({ entity, key, version }) => JSON.stringify([entity, key, version]))
}
