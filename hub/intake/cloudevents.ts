import type { Change } from '../contracts/change.ts'
import { HubError } from '../contracts/hub-error.ts'
import type { Json } from '../contracts/json.ts'
import { isUtf8 } from 'node:buffer'
import { type ChangeFault, EventReader, type EventRules } from './cloudevents-attributes.ts'
import { inspectJson, type JsonFault, type JsonFinding } from '../contracts/json-inspect.ts'
import { quoteInexactNumbers, scanJson } from '../contracts/json-scan.ts'

/** Changes as they come over HTTP or the bus, before anything of them is believed. */
export interface ChangeRequest {
  contentType: string | undefined
  /** Lower-case names, as Node gives them; needed only for CloudEvents' binary mode (`ce-*`). */
  headers?: Record<string, string | string[] | undefined>
  body: Buffer
}

export interface ChangeLimits {
  bodyBytesMax: number
  eventsMax: number
  /** Levels of objects and arrays in a record; the record itself is the first. */
  depthMax: number
  /** Longest text or number in a record, in characters. */
  stringLengthMax: number
}

export const DEFAULT_CHANGE_LIMITS: ChangeLimits = {
  bodyBytesMax: 10 * 1024 * 1024,
  eventsMax: 10_000,
  depthMax: 64,
  stringLengthMax: 1024 * 1024,
}

export interface ChangeOptions extends EventRules {
  limits?: Partial<ChangeLimits>
}

type Mode = 'single' | 'batch' | 'binary'

/** How many faults an answer lists; the first of them decides its code and status. */
const FAULTS_MAX = 100
/** Levels of nesting around the record: the event, and for a batch the array. */
const ENVELOPE_DEPTH = { single: 1, batch: 2, binary: 0 } as const

/**
 * Reads CloudEvents 1.0 in JSON: structured mode, one or a batch, and binary mode. All or nothing: any fault throws one
 * HubError whose code, pointer and status are those of the first fault and whose facts list up to 100 `errors`.
 *
 * Numbers that a double can't hold exactly arrive as their text; names given twice, NUL, halves of surrogate pairs and
 * invalid UTF-8 are refused. A name like `__proto__` is a name like any other: JSON.parse makes it an own property.
 */
export function parseChanges(request: ChangeRequest, options: ChangeOptions): Change[] {
  const limits = { ...DEFAULT_CHANGE_LIMITS, ...options.limits }
  const mode = modeOf(request)
  if (request.body.length > limits.bodyBytesMax) {
    throw new HubError({
      code: 'change.body.too-large',
      family: 'reject',
      status: 413,
      message: `The request has more than ${limits.bodyBytesMax} bytes.`,
      fix: 'Send the changes in smaller batches.',
    })
  }
  const reader = new EventReader(options, FAULTS_MAX)
  const changes = mode === 'binary' ? readBinary(request, limits, reader) : readJson(request.body, mode, limits, reader)
  if (reader.faults.length > 0) throw refusal(reader.faults)
  return changes
}

/** One record as JSON text, read as strictly; throws the same faults, with pointers into the record. */
export function readRecord(body: Buffer, limits: Partial<ChangeLimits> = {}): { value: Json; exact: Json } {
  return parseJson(body, ENVELOPE_DEPTH.binary, { ...DEFAULT_CHANGE_LIMITS, ...limits }, '')
}

function modeOf(request: ChangeRequest): Mode {
  const mediaType = (request.contentType ?? '').split(';')[0]?.trim().toLowerCase()
  if (mediaType === 'application/cloudevents+json') return 'single'
  if (mediaType === 'application/cloudevents-batch+json') return 'batch'
  const isJson = mediaType === 'application/json' || (mediaType === '' && request.body.length === 0)
  if (isJson && request.headers?.['ce-specversion'] !== undefined) return 'binary'
  throw new HubError({
    code: 'change.content-type.unsupported',
    family: 'reject',
    status: 415,
    message: 'Changes are CloudEvents in JSON.',
    fix: 'Use the content type `application/cloudevents+json` for one change or `application/cloudevents-batch+json` for a batch.',
  })
}

function readJson(body: Buffer, mode: Mode, limits: ChangeLimits, reader: EventReader): Change[] {
  const { value, exact } = parseJson(body, ENVELOPE_DEPTH[mode], limits, '')
  if (mode === 'single') {
    const change = reader.read(value, exact, '')
    return change === null ? [] : [change]
  }
  if (!Array.isArray(value) || !Array.isArray(exact)) {
    throw refusal([
      { code: 'change.batch.not-array', pointer: '', detail: 'A batch is a JSON array of events.', status: 422 },
    ])
  }
  if (value.length > limits.eventsMax) {
    throw new HubError({
      code: 'change.batch.too-many',
      family: 'reject',
      status: 413,
      message: `The batch has more than ${limits.eventsMax} events.`,
      fix: 'Send the changes in smaller batches.',
    })
  }
  const changes: Change[] = []
  for (let index = 0; index < value.length && !reader.full; index++) {
    const change = reader.read(value[index] as Json, exact[index] as Json, `/${index}`)
    if (change !== null) changes.push(change)
  }
  return changes
}

/** Binary mode: the attributes are headers (percent-encoded UTF-8), the body is the record itself. */
function readBinary(request: ChangeRequest, limits: ChangeLimits, reader: EventReader): Change[] {
  const event: Record<string, Json> = {}
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (!name.startsWith('ce-') || typeof value !== 'string') continue
    const text = headerText(value)
    if (text === null) {
      throw refusal([
        {
          code: 'change.attribute.encoding',
          pointer: `/${name.slice(3)}`,
          detail: 'The header is not percent-encoded UTF-8.',
          status: 400,
        },
      ])
    }
    event[name.slice(3)] = text
  }
  if (request.body.length === 0) {
    const change = reader.read(event, event, '')
    return change === null ? [] : [change]
  }
  const { value, exact } = parseJson(request.body, ENVELOPE_DEPTH.binary, limits, '/data')
  const change = reader.read({ ...event, data: value }, { ...event, data: exact }, '')
  return change === null ? [] : [change]
}

function headerText(value: string): string | null {
  try {
    const text = decodeURIComponent(value)
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}

/** The text as JSON.parse gives it, and once more with inexact numbers as text; mostly these are one and the same. */
function parseJson(body: Buffer, envelope: number, limits: ChangeLimits, at: string): { value: Json; exact: Json } {
  if (body.length === 0) {
    throw refusal([{ code: 'change.body.empty', pointer: at, detail: 'The request has no body.', status: 400 }])
  }
  if (!isUtf8(body)) {
    throw refusal([
      {
        code: 'change.body.not-utf8',
        pointer: at,
        detail: 'The request is not valid UTF-8.',
        fix: 'Encode JSON as UTF-8.',
        status: 400,
      },
    ])
  }
  const depthMax = limits.depthMax + envelope
  const scan = scanJson(body, depthMax)
  const refuseFaults = (): void => {
    const inspectLimits = { depthMax, stringLengthMax: limits.stringLengthMax, findingsMax: FAULTS_MAX }
    const findings = inspectJson(body.toString('utf8'), inspectLimits)
    if (findings.length > 0) throw refusal(findings.map((finding) => faultOf(finding, at, limits)))
  }
  if (scan.depth > depthMax || scan.badEscape || scan.longest > limits.stringLengthMax) refuseFaults()
  let value: Json
  try {
    value = JSON.parse(body.toString('utf8')) as Json
  } catch (cause) {
    refuseFaults()
    throw cause
  }
  if (countMembers(value) !== scan.members) refuseFaults()
  const quoted = scan.numbers.length === 0 ? null : quoteInexactNumbers(body, scan.numbers)
  return { value, exact: quoted === null ? value : (JSON.parse(quoted.toString('utf8')) as Json) }
}

/** Members of all objects in a value; its nesting is known to be bounded. */
function countMembers(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0
  let members = 0
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') members += countMembers(item)
    return members
  }
  for (const name in value) {
    members++
    const member = value[name]
    if (typeof member === 'object' && member !== null) members += countMembers(member)
  }
  return members
}

function faultOf(finding: JsonFinding, at: string, limits: ChangeLimits): ChangeFault {
  const { code, status, detail, fix } = describeFault(finding, limits)
  return { code, pointer: at + finding.pointer, detail, ...(fix === undefined ? {} : { fix }), status }
}

function describeFault(finding: JsonFinding, limits: ChangeLimits): Omit<ChangeFault, 'pointer'> {
  const faults: Record<JsonFault, Omit<ChangeFault, 'pointer'>> = {
    syntax: {
      code: 'change.json.malformed',
      status: 400,
      detail: `The request is not JSON from line ${finding.line}, column ${finding.column} on.`,
    },
    'too-deep': {
      code: 'change.json.too-deep',
      status: 400,
      detail: `The record is nested more than ${limits.depthMax} levels deep.`,
    },
    'duplicate-name': {
      code: 'change.json.duplicate-name',
      status: 400,
      detail: 'A JSON object has this member twice, so that its value is open to doubt.',
      fix: 'Send each member once.',
    },
    nul: {
      code: 'change.text.nul',
      status: 422,
      detail: 'The text has a NUL character, which can not be stored.',
      fix: 'Remove `\\u0000` from the text.',
    },
    surrogate: {
      code: 'change.text.surrogate',
      status: 422,
      detail: 'The text has half of a surrogate pair, which stands for no character.',
      fix: 'Repair the text at its source: most often a text was cut in the middle of an emoji.',
    },
    'too-long': {
      code: 'change.text.too-long',
      status: 422,
      detail: `The text or number has more than ${limits.stringLengthMax} characters.`,
    },
  }
  return faults[finding.fault]
}

function refusal(faults: readonly ChangeFault[]): HubError {
  const [first] = faults
  const fix = first?.fix
  return new HubError({
    code: first?.code ?? 'change.json.malformed',
    family: 'reject',
    status: first?.status ?? 400,
    message: first?.detail ?? 'The request is not JSON.',
    where: first?.pointer ?? '',
    ...(fix === undefined ? {} : { fix }),
    facts: { errors: faults.map(({ status: _status, ...fault }) => fault) },
  })
}
