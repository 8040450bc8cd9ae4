import assert from 'node:assert/strict'
import type {
  Connector,
  EntityConfig,
  RecordWrite,
  SourceRecord,
  WriteResult,
} from '../../../hub/contracts/connector.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'
import type { Bench } from '../bench.ts'
import type { Check } from '../check.ts'
import { lastCheckpoint, recordsOf } from '../reading.ts'
import { asPolled, someOf } from './reading-checks.ts'
import type { LiveSubject } from './subject.ts'

/** 16, 17 and 22 on the first record of an entity that a person has named: one field is changed, and changed back. */
export function writingChecks(subject: LiveSubject): Check[] {
  const { write, spec } = subject
  const entity = subject.entities.find((one) => one.entity === write?.entity)
  if (write === undefined || entity === undefined) return []
  const cannot = (): string | undefined => (spec.capabilities.write ? undefined : 'the connector declares no write')
  const noPoll = (): string | undefined =>
    cannot() ?? (spec.capabilities.poll && entity.mode !== 'log' ? undefined : 'the entity is not polled')
  const played = (bench: Bench, act: (play: Play) => Promise<void>): Promise<void> =>
    withRecord(bench, subject, asPolled(entity), act)
  return [
    {
      number: 16,
      title: 'the same write twice is one effect',
      inapplicable: cannot,
      run: (bench) =>
        played(bench, async (play) => {
          const write = play.write(play.changed, play.original, '16')
          for (const time of [1, 2]) assert.equal(told(await play.send(write)), 'written', `time ${time}`)
          assert.deepEqual((await play.read())?.[play.field], play.changed, 'the value is there')
        }),
    },
    {
      number: 17,
      title: 'a stale write is a conflict that shows the current state',
      inapplicable: cannot,
      run: (bench) =>
        played(bench, async (play) => {
          const result = await play.send(play.write(play.changed, `${play.original} (never there)`, '17'))
          assert.equal(result.outcome, 'conflict', told(result))
          assert.deepEqual(result.outcome === 'conflict' && result.current?.[play.field], play.original)
          assert.deepEqual((await play.read())?.[play.field], play.original, 'nothing was written')
        }),
    },
    {
      number: 22,
      title: "the hub's own write is known again when it is read back, by its mark or by its values",
      inapplicable: noPoll,
      run: (bench) =>
        played(bench, async (play) => {
          const start = lastCheckpoint(await someOf(play.connector.poll?.(play.entity, null), 1))
          assert.ok(start, 'the first poll tells the place of now')
          const write = play.write(play.changed, play.original, '22')
          assert.equal(told(await play.send(write)), 'written')
          const read = recordsOf(await someOf(play.connector.poll?.(play.entity, start), Infinity))
          const own = read.findLast(({ key }) => key === play.key)
          assert.ok(own, 'the write comes back with the next poll')
          assert.ok(own.writtenBy === undefined || own.writtenBy === write.idempotencyKey, 'its mark is its own')
          assert.deepEqual(own.data?.[play.field], play.changed, 'what is read back is what was written')
        }),
    },
  ]
}

interface Play {
  connector: Connector
  entity: EntityConfig
  key: string
  field: string
  original: string
  changed: string
  write(value: string, expected: string, number: string): RecordWrite
  send(write: RecordWrite): Promise<WriteResult>
  /** The record as it is now. */
  read(): Promise<JsonObject | null | undefined>
}

/** Whatever came of it, the field has its value again afterwards; where that fails, the error says so. */
async function withRecord(
  bench: Bench,
  { recordsMax, write }: LiveSubject,
  entity: EntityConfig,
  act: (play: Play) => Promise<void>,
): Promise<void> {
  const { connector } = await bench.open()
  const records = async (): Promise<SourceRecord[]> =>
    recordsOf(await someOf(connector.backfill?.(entity, null), recordsMax))
  const { key, field, original } = chosen(await records(), write?.field)
  const changed = `${original}.`
  const run = `${Date.now()}`
  const play: Play = {
    connector,
    entity,
    key,
    field,
    original,
    changed,
    write: (value, expected, number) => ({
      key,
      fields: { [field]: value },
      expected: { [field]: expected },
      idempotencyKey: `omnihub-test-${run}-${number}`,
    }),
    send: async (one) => (await connector.write?.(entity, [one]))?.[0] ?? assert.fail('a write has a result'),
    read: async () => (await records()).find((record) => record.key === key)?.data,
  }
  try {
    await act(play)
  } finally {
    const now = (await play.read())?.[field]
    if (now !== original) {
      const back = await play.send(play.write(original, String(now), 'back'))
      assert.equal(
        told(back),
        'written',
        `${entity.entity} ${key}: "${field}" could not be changed back; do it by hand`,
      )
    }
  }
}

/** The field to play with: the one named, or the first text that is neither the key nor a time. */
function chosen(
  records: readonly SourceRecord[],
  named: string | undefined,
): { key: string; field: string; original: string } {
  for (const { key, data, kind } of records) {
    if (kind === 'delete' || data === null) continue
    const field = named ?? Object.keys(data).find((name) => isPlayable(data[name], key))
    const original = field === undefined ? undefined : data[field]
    if (field !== undefined && typeof original === 'string') return { key, field, original }
  }
  assert.fail(
    named === undefined
      ? 'no record has a field of text to change; name one with --write-field'
      : `no record has the field "${named}" as text`,
  )
}

function isPlayable(value: unknown, key: string): boolean {
  return typeof value === 'string' && value !== '' && !key.includes(value) && !/^[\d:T.Z+-]+$/.test(value)
}

function told(result: WriteResult): string {
  return result.outcome === 'failed' ? `failed (${result.error.code}: ${result.error.message})` : result.outcome
}
