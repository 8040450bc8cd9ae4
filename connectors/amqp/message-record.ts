import { hash } from 'node:crypto'
import type { SourceRecord } from '../../hub/contracts/connector.ts'
import { isJsonObject, type Json } from '../../hub/contracts/json.ts'
import { parseExactJson } from '../shared/exact-json.ts'
import { type JsonPath, valueAt } from '../shared/json-path.ts'
import { isTooDeep } from '../shared/json-depth.ts'
import { joinKey } from '../shared/record-key.ts'
import { scalarText } from '../shared/scalar-text.ts'
import type { AmqpOptions } from './options.ts'

/** What the connector needs to know of a message. */
export interface IncomingMessage {
  content: Buffer
  messageId: string | undefined
  /** s since 1970, as AMQP has it. */
  timestamp: number | undefined
}

const BYTES_MAX = 8 * 1024 * 1024
const DEPTH_MAX = 50

/** The record that a message brings, or, as a text, why it brings none. */
export function recordOf(message: IncomingMessage, options: AmqpOptions): SourceRecord | string {
  if (message.content.length > BYTES_MAX) return 'The message is larger than 8 MiB.'
  const document = parse(message.content)
  if (typeof document === 'string') return document
  const { value } = document
  const parts = options.keys.map((path) => scalarText(valueAt(value, path)))
  const missing = parts.findIndex((part) => part === undefined || part === '')
  if (missing >= 0) return `The message has no key at ${options.keys[missing]?.join('.') ?? ''}.`
  const version = versionOf(message, options)
  if (version === undefined) return 'The message has no message id.'
  const { deletedWhen, sequenceType } = options
  const isGone = deletedWhen !== undefined && scalarText(valueAt(value, deletedWhen.path)) === deletedWhen.value
  const data = valueAt(value, options.record)
  if (!isGone && !isJsonObject(data ?? null)) return 'The message has no record where it should be.'
  const sequence = textAt(value, options.sequence)
  if (sequenceType === 'Integer' && sequence !== undefined && !/^-?\d{1,100}$/.test(sequence)) {
    return 'The sequence of the message is no whole number.'
  }
  const time = textAt(value, options.time) ?? timeOf(message)
  return {
    entity: options.entity,
    key: joinKey(parts as string[]),
    kind: isGone ? 'delete' : 'upsert',
    version,
    data: isJsonObject(data ?? null) ? (data as SourceRecord['data']) : null,
    ...(time === undefined ? {} : { time }),
    ...(sequence === undefined ? {} : { sequence }),
    ...(sequence === undefined || sequenceType === 'text' ? {} : { sequenceType }),
  }
}

function parse(content: Buffer): { value: Json } | string {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    return 'The message is not in UTF-8.'
  }
  try {
    const value = parseExactJson(text)
    return isTooDeep(value, DEPTH_MAX) ? `The message is nested deeper than ${DEPTH_MAX}.` : { value }
  } catch {
    return 'The message is no JSON.'
  }
}

function versionOf({ content, messageId }: IncomingMessage, { versionFrom }: AmqpOptions): string | undefined {
  if (versionFrom === 'content') return hash('sha256', content, 'base64url').slice(0, 22)
  return messageId === undefined || messageId === '' ? undefined : messageId
}

function textAt(value: Json, path: JsonPath | undefined): string | undefined {
  return path === undefined ? undefined : scalarText(valueAt(value, path))
}

function timeOf({ timestamp }: IncomingMessage): string | undefined {
  const at = new Date((timestamp ?? Number.NaN) * 1_000)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}
