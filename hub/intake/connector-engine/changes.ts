import { createHash } from 'node:crypto'
import type { SourceRecord } from '../../contracts/connector.ts'
import type { Change } from '../../contracts/change.ts'
import { HubError } from '../../contracts/hub-error.ts'

const ID_LENGTH_MAX = 256
const KEY_LENGTH_MAX = 512
const SEQUENCE_LENGTH_MAX = 256
/** The same that pushes may send. */
const INTEGER = /^-?\d{1,100}$/
/** In UTF-16 units of its JSON text; the largest that a push may be is of the same order. */
const DATA_LENGTH_MAX = 8 * 1024 * 1024

/**
 * A record as the hub accepts it. Throws a `reject` HubError where it can't be a change: the same bounds as for pushes.
 * @param now for records that don't say when they changed
 */
export function changeOf(system: string, record: SourceRecord, entities: ReadonlySet<string>, now: number): Change {
  const { entity, key, kind, version, sequence, sequenceType, writtenBy, data } = record
  if (!entities.has(entity)) throw rejected('entity', 'The connector gave a record of an entity that nobody asked for.')
  if (key === '' || key.length > KEY_LENGTH_MAX || !isStorable(key)) {
    throw rejected('key', `The key is not a text of 1 to ${KEY_LENGTH_MAX} characters.`)
  }
  if (sequence !== undefined && (sequence === '' || sequence.length > SEQUENCE_LENGTH_MAX || !isStorable(sequence))) {
    throw rejected('sequence', `The sequence is not a text of 1 to ${SEQUENCE_LENGTH_MAX} characters.`)
  }
  if (sequenceType === 'Integer' && !INTEGER.test(sequence ?? '')) {
    throw rejected('sequence', 'The sequence is not a whole number of at most 100 digits.')
  }
  if (writtenBy !== undefined && (writtenBy === '' || writtenBy.length > ID_LENGTH_MAX || !isStorable(writtenBy))) {
    throw rejected('written-by', `The mark of a write is not a text of 1 to ${ID_LENGTH_MAX} characters.`)
  }
  checkData(data)
  const change: Change = {
    system,
    entity,
    key,
    id: changeId(entity, key, version),
    kind,
    time: timeOf(record, now),
    data,
  }
  if (sequence !== undefined) change.sequence = sequence
  if (sequenceType !== undefined) change.sequenceType = sequenceType
  if (writtenBy !== undefined) change.writtenBy = writtenBy
  return change
}

/**
 * `<entity>/<key>@<version>`: the same reading twice is one change. Marks inside the parts are encoded, so that no two
 * readings share an id; what is too long becomes a hash, which has no `@` and so meets no other id.
 */
export function changeId(entity: string, key: string, version: string): string {
  const id = `${changeIdPrefix(entity, key)}${version}`
  if (id.length <= ID_LENGTH_MAX && id.isWellFormed() && !id.includes('\0')) return id
  return `${encoded(entity).slice(0, 100)}/${createHash('sha256').update(id).digest('base64url')}`
}

/** What the ids of all changes of a record begin with, save those that are hashes. */
export function changeIdPrefix(entity: string, key: string): string {
  return `${encoded(entity)}/${encoded(key)}@`
}

function encoded(part: string): string {
  return part.replace(/[%@/]/g, encodeURIComponent)
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

function timeOf({ time }: SourceRecord, now: number): string {
  return time === undefined || Number.isNaN(Date.parse(time)) ? new Date(now).toISOString() : time
}

function checkData(data: SourceRecord['data']): void {
  if (data === null) return
  const text = JSON.stringify(data)
  if (text.length > DATA_LENGTH_MAX) throw rejected('data', 'The record is larger than 8 MiB.')
  // JSON.stringify writes a lone surrogate as an escape and a pair as it is; an escaped backslash before it is text.
  if (text.includes('\\u') && /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(text)) {
    throw rejected('data', 'A text of the record has a NUL character or half a surrogate pair.')
  }
}

function rejected(what: string, message: string): HubError {
  return new HubError({ code: `system.record.${what}`, family: 'reject', message, where: `/${what}` })
}
