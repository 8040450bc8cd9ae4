import type { RecordWrite, WriteResult } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { rejectedError } from '../shared/errors.ts'
import type { SalesforceApi } from './api.ts'
import { recordError } from './errors.ts'
import { isId } from './ids.ts'
import type { WriteMarks } from './marks.ts'
import type { FieldInfo, ObjectInfo } from './object-info.ts'
import { inLists, select } from './soql.ts'
import type { SoqlSource } from './source.ts'
import { isSame } from './values.ts'
import { type PlannedWrite, type SaveOutcome, saveAll } from './write-requests.ts'

export interface WriteParts {
  api: SalesforceApi
  marks: WriteMarks
  source: SoqlSource
}

/**
 * Writes records by Id or external id, each answered for itself.
 *
 * The records are read first. One that has the wanted values already is written, whoever did it: the same write twice, also
 * after a time-out that followed the save, is one effect. Otherwise the values last seen must still be there, compared as
 * values, so that two changes within one second are seen; the save itself then carries If-Unmodified-Since, by which
 * Salesforce refuses what has changed between the reading and the save, as far as its clock of seconds shows it.
 */
export async function writeSalesforce(parts: WriteParts, writes: readonly RecordWrite[]): Promise<WriteResult[]> {
  const results = new Map<RecordWrite, WriteResult>()
  const info = await parts.source.info()
  // The same record twice in one call: the later write sees what the earlier one did.
  for (let rest = [...writes]; rest.length > 0;) {
    const keys = new Set<string>()
    const round: RecordWrite[] = []
    const later: RecordWrite[] = []
    for (const write of rest) {
      if (keys.has(fold(info, write.key))) later.push(write)
      else round.push(write)
      keys.add(fold(info, write.key))
    }
    await writeRound(parts, info, round, results)
    rest = later
  }
  return writes.map((write) => results.get(write) ?? failed(write, rejectedError('The write was not tried.')))
}

async function writeRound(
  parts: WriteParts,
  info: ObjectInfo,
  writes: readonly RecordWrite[],
  results: Map<RecordWrite, WriteResult>,
): Promise<void> {
  const known = writes.filter((write) => {
    const wrong = wrongness(info, write)
    if (wrong) results.set(write, failed(write, wrong))
    return wrong === undefined
  })
  let current: Map<string, JsonObject[]>
  try {
    current = await currentRecords(parts, info, known)
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    for (const write of known) results.set(write, failed(write, error))
    return
  }
  const planned: PlannedWrite[] = []
  for (const write of known) {
    const decided = decide(info, write, current.get(fold(info, write.key)) ?? [])
    if ('outcome' in decided) results.set(write, decided)
    else planned.push(decided)
  }
  const outcomes = await saveAll(parts, info, planned)
  const stale = planned.filter((each) => outcomes.get(each)?.kind === 'stale')
  const fresh = stale.length === 0 ? new Map<string, JsonObject[]>() : await freshRecords(parts, info, stale)
  for (const each of planned) results.set(each.write, resultOf(info, each, outcomes.get(each), fresh))
}

/** Best effort: that it is a conflict is known, what it looks like now is not needed to say so. */
async function freshRecords(
  parts: WriteParts,
  info: ObjectInfo,
  stale: readonly PlannedWrite[],
): Promise<Map<string, JsonObject[]>> {
  return currentRecords(
    parts,
    info,
    stale.map(({ write }) => write),
  ).catch(() => new Map<string, JsonObject[]>())
}

function resultOf(
  info: ObjectInfo,
  { write }: PlannedWrite,
  outcome: SaveOutcome | undefined,
  fresh: ReadonlyMap<string, JsonObject[]>,
): WriteResult {
  if (outcome?.kind === 'saved') return { outcome: 'written', key: write.key }
  if (outcome?.kind === 'failed') return failed(write, outcome.error)
  if (outcome?.kind === 'refused') return failed(write, recordError(outcome.errors, outcome.status))
  const [current = null] = fresh.get(fold(info, write.key)) ?? []
  // Somebody else has written just this meanwhile.
  if (current !== null && isWritten(info, write, current)) return { outcome: 'written', key: write.key }
  return { outcome: 'conflict', key: write.key, current }
}

/** What is known before anything is asked. */
function wrongness(info: ObjectInfo, write: RecordWrite): HubError | undefined {
  if (info.key.name === 'Id' && !isId(write.key)) {
    return rejectedError('The key is no Id of Salesforce.', {
      where: '/key',
      fix: 'Write to records that were read, or set externalIdField, so that records can be made under keys of your own.',
    })
  }
  if (write.key.trim() === '') return rejectedError('The key is empty.', { where: '/key' })
  for (const name of [...Object.keys(write.fields), ...Object.keys(write.expected ?? {})]) {
    if (!info.all.has(name.toLowerCase())) {
      return rejectedError(`The object ${info.name} has no field "${name}".`, { where: `/fields/${name}` })
    }
  }
  return undefined
}

/** By folded key; more than one where the external id is not unique. */
async function currentRecords(
  { source }: WriteParts,
  info: ObjectInfo,
  writes: readonly RecordWrite[],
): Promise<Map<string, JsonObject[]>> {
  const found = new Map<string, JsonObject[]>()
  for (const { sql } of inLists(writes.map(({ key }) => key))) {
    // Without the filter of the entity: a record outside of it is there nevertheless.
    const options = { ...source.options, where: undefined }
    const rows = await source.read(false, 'live', (fresh) => select(fresh, options, [`${info.key.name} IN ${sql}`]))
    for (const { key, data } of rows) found.set(fold(info, key), [...(found.get(fold(info, key)) ?? []), data])
  }
  return found
}

function decide(info: ObjectInfo, write: RecordWrite, records: readonly JsonObject[]): WriteResult | PlannedWrite {
  const [current, rival] = records
  if (rival) {
    return failed(
      write,
      rejectedError(`Several records have this value of ${info.key.name}.`, { where: '/key', internal: 'HTTP 300' }),
    )
  }
  if (current !== undefined && isWritten(info, write, current)) return { outcome: 'written', key: write.key }
  const expected = Object.entries(write.expected ?? {})
  if (current === undefined) {
    const isExpected = expected.every(([, value]) => value === null || value === '')
    if (!isExpected || info.key.name === 'Id') return { outcome: 'conflict', key: write.key, current: null }
    return { write, current: undefined, isGuarded: false }
  }
  const isExpected = expected.every(([name, value]) => has(info, current, name, value))
  if (!isExpected) return { outcome: 'conflict', key: write.key, current }
  return { write, current, isGuarded: expected.length > 0 }
}

function isWritten(info: ObjectInfo, write: RecordWrite, current: JsonObject): boolean {
  return Object.entries(write.fields).every(([name, value]) => has(info, current, name, value))
}

/** A field that is not read can't be compared: then it is not known to have the value. */
function has(info: ObjectInfo, current: JsonObject, name: string, value: Json): boolean {
  const field: FieldInfo | undefined = info.all.get(name.toLowerCase())
  return field !== undefined && Object.hasOwn(current, field.name) && isSame(field, current[field.name] ?? null, value)
}

function failed(write: RecordWrite, error: HubError): WriteResult {
  return { outcome: 'failed', key: write.key, error }
}

/** External ids are the same in any case; Ids are not, and their last three characters only repeat the case of the others. */
function fold(info: ObjectInfo, key: string): string {
  return info.key.name === 'Id' ? key.trim().slice(0, 15) : key.trim().toLowerCase()
}
