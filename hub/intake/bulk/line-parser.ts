import { createHash } from 'node:crypto'
import type { Change } from '../../contracts/change.ts'
import { asHubError, HubError } from '../../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import type { CompiledMapping } from '../../mapping/index.ts'
import { type ChangeOptions, parseChanges, readRecord } from '../cloudevents.ts'
import { LENGTH_MAX } from '../cloudevents-attributes.ts'
import type { Line } from './lines.ts'

/** Records of one entity of one system, rather than events that say themselves what they are. */
export interface RecordTarget {
  system: string
  entity: string
  /** Part of the ids of the changes: the same line of another batch is another change. */
  batch: string
}

export type ParsedLine = { line: number; change: Change } | { line: number; errors: JsonObject[] }

export type LineParser = (line: Line) => ParsedLine

export const LINE_BYTES_MAX = 2 * 1024 * 1024

/** Lines that are CloudEvents, as POST /v1/changes takes them one at a time. */
export function eventLines(options: ChangeOptions): LineParser {
  return caught((bytes) => {
    const [change] = parseChanges({ contentType: 'application/cloudevents+json', body: bytes }, options)
    if (change === undefined) throw wrong('import.line.empty', '', 'The line holds no event.')
    return change
  })
}

/**
 * Lines that are records as the system has them. Key and sequence are taken by the mapping; the id of a change follows from
 * the line itself, so that the same file again is the same changes.
 */
export function recordLines(
  { system, entity, batch }: RecordTarget,
  mapping: CompiledMapping,
  receivedAt: string,
): LineParser {
  return caught((bytes) => {
    const { exact } = readRecord(bytes)
    if (!isJsonObject(exact)) throw wrong('import.record.not-object', '', 'A record is a JSON object.')
    const key = keyIn(mapping, exact)
    const hash = createHash('sha256')
      .update(JSON.stringify([entity, key, batch]))
      .update(bytes)
    return {
      system,
      entity,
      key,
      id: `import:${hash.digest('base64url').slice(0, 32)}`,
      kind: 'upsert',
      time: receivedAt,
      ...mapping.sequenceOf(exact),
      data: exact,
    }
  })
}

function keyIn(mapping: CompiledMapping, record: JsonObject): string {
  const key = mapping.keyOf(record)
  const pointer = `/${mapping.document.key[0]?.join('/') ?? ''}`
  if (key === null || key === '') {
    throw wrong('import.key.missing', pointer, 'The record has no value where the mapping takes its key from.')
  }
  if (key.length <= LENGTH_MAX.key && !key.includes('\0')) return key
  throw wrong('import.key.too-long', pointer, `The key has more than ${LENGTH_MAX.key} characters.`)
}

/** The faults of a line, whatever they are, belong to the line; what is no fault of it is thrown on. */
function caught(parse: (bytes: Buffer) => Change): LineParser {
  return ({ no, bytes }) => {
    try {
      if (bytes === null) {
        throw wrong('import.line.too-long', '', `The line has more than ${LINE_BYTES_MAX} bytes.`)
      }
      return { line: no, change: parse(bytes) }
    } catch (thrown) {
      const error = asHubError(thrown)
      if (error.family !== 'reject') throw thrown
      return { line: no, errors: errorsOf(error) }
    }
  }
}

function errorsOf(error: HubError): JsonObject[] {
  const { errors } = (error.facts ?? {}) as { errors?: Json }
  if (Array.isArray(errors) && errors.length > 0) return errors.filter((each) => isJsonObject(each))
  const { code, message, where, fix } = error
  return [{ code, pointer: where ?? '', detail: message, ...(fix === undefined ? {} : { fix }) }]
}

/** A line of an import can not be taken, for the reason that is told with it. */
function wrong(code: string, where: string, message: string): HubError {
  return new HubError({ code, family: 'reject', status: 422, message, where })
}
