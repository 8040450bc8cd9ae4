import type { Change } from '../contracts/change.ts'
import { isJsonObject, type Json, type JsonObject } from '../contracts/json.ts'
import { pointerPart } from '../contracts/json-inspect.ts'

/** One thing wrong with a request of changes, as it stands in the answer's `errors`. */
export interface ChangeFault {
  code: string
  /** JSON pointer into the request. */
  pointer: string
  detail: string
  fix?: string
  /** HTTP status when this fault is the first of the request. */
  status: number
}

export interface EventRules {
  /** Names of the systems that the hub knows; absent: any name will do. */
  systems?: { has(name: string): boolean }
  /** The only system that the caller may speak for; absent: any. */
  onlySystem?: string
  /** Time of a change whose event has none: when it was accepted, ISO 8601. */
  receivedAt: string
}

/** Longest value in UTF-16 units, after percent-decoding. */
export const LENGTH_MAX = { id: 256, system: 128, entity: 256, key: 512, sequence: 256 } as const

const SYSTEM_NAME = /^[A-Za-z0-9][\w.-]*$/
const ATTRIBUTE_NAME = /^[a-z0-9]+$/
const JSON_MEDIA_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i
const INTEGER = /^-?\d{1,100}$/
// RFC 3339. Ranges that need the calendar are looked at after the match; offsets beyond 15 hours don't exist, and
// PostgreSQL refuses them.
const TIME =
  /^(\d{4})-(0[1-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-5]):[0-5]\d)$/i

const FIXES = {
  source: 'Write `source` as `/systems/<name>`, for example `/systems/crm`.',
  subject: 'Write `subject` as `<Entity>/<key>`, each percent-encoded, for example `Contact/003A1`.',
  type: 'Use `omnihub.change.upserted` or `omnihub.change.deleted`.',
  time: 'Write `time` as RFC 3339 with an offset, for example `2026-03-01T09:30:00Z`.',
  sequence: 'Send `sequence` as a non-empty text of at most 256 characters, or leave it out.',
  integer: 'Send `sequence` as an integer in decimal digits, or leave `sequencetype` out to have it compared as text.',
  data: 'Send the raw record as a JSON object in `data`.',
} as const

/** Reads the events of one request; what was decoded once for an event (its source) is kept for the next. */
export class EventReader {
  readonly faults: ChangeFault[] = []
  readonly #rules: EventRules
  readonly #faultsMax: number
  readonly #systems = new Map<string, string>()
  #at = ''

  constructor(rules: EventRules, faultsMax: number) {
    this.#rules = rules
    this.#faultsMax = faultsMax
  }

  get full(): boolean {
    return this.faults.length >= this.#faultsMax
  }

  /**
   * One event at `at` (a JSON pointer) as a change; null where it has faults, which are then in `faults`.
   * `exact` is the same event with inexact numbers as text: its data goes into the change.
   */
  read(event: Json, exact: Json, at: string): Change | null {
    this.#at = at
    const before = this.faults.length
    if (!isJsonObject(event)) {
      this.#fault('change.event.not-object', '', 'An event is a JSON object.')
      return null
    }
    this.#names(event)
    if (event['specversion'] !== '1.0') {
      this.#fault('change.specversion.unsupported', '/specversion', 'The CloudEvents version is not 1.0.', {
        fix: 'Set `specversion` to the text `1.0`.',
      })
    }
    const id = this.#id(event['id'])
    const kind = this.#kind(event['type'])
    const system = this.#system(event['source'])
    const subject = this.#subject(event['subject'])
    const time = this.#time(event['time'])
    const order = this.#sequence(event['sequence'], event['sequencetype'])
    const data = this.#data(event, isJsonObject(exact) ? exact : event, kind)
    if (this.faults.length > before) return null
    const { entity, key } = subject
    return { system, entity, key, id, kind, time, ...order, data }
  }

  #fault(code: string, place: string, detail: string, more: { fix?: string; status?: number } = {}): void {
    if (this.full) return
    this.faults.push({
      code,
      pointer: this.#at + place,
      detail,
      ...(more.fix === undefined ? {} : { fix: more.fix }),
      status: more.status ?? 422,
    })
  }

  /** An attribute that CloudEvents could not have is most often one misspelt, and would be lost in silence. */
  #names(event: JsonObject): void {
    for (const name in event) {
      if (!ATTRIBUTE_NAME.test(name) && name !== 'data_base64') {
        this.#fault('change.attribute.name', `/${pointerPart(name)}`, 'CloudEvents has no attribute of this name.', {
          fix: 'Attribute names are lower-case letters and digits; what belongs to the record goes into `data`.',
        })
      }
    }
    const mediaType = event['datacontenttype']
    if (mediaType !== undefined && (typeof mediaType !== 'string' || !JSON_MEDIA_TYPE.test(mediaType))) {
      this.#fault('change.datacontenttype.unsupported', '/datacontenttype', 'The hub takes records as JSON only.', {
        fix: 'Leave `datacontenttype` out or set it to `application/json`.',
      })
    }
  }

  #id(id: Json | undefined): string {
    if (typeof id === 'string' && id.length > 0 && id.length <= LENGTH_MAX.id) return id
    this.#fault('change.id.invalid', '/id', 'An event needs an `id`, a text of 1 to 256 characters.', {
      fix: 'Give each change an id of its own within the system; the same id again is the same change.',
    })
    return ''
  }

  #kind(type: Json | undefined): Change['kind'] {
    if (type === 'omnihub.change.upserted') return 'upsert'
    if (type === 'omnihub.change.deleted') return 'delete'
    this.#fault('change.type.unknown', '/type', 'The `type` names no kind of change.', { fix: FIXES.type })
    return 'delete'
  }

  #system(source: Json | undefined): string {
    if (typeof source !== 'string') {
      this.#fault('change.source.invalid', '/source', 'The `source` does not name a system.', { fix: FIXES.source })
      return ''
    }
    const known = this.#systems.get(source)
    if (known !== undefined) return known
    const system = source.startsWith('/systems/') ? decode(source.slice('/systems/'.length)) : null
    if (system === null || system.length > LENGTH_MAX.system || !SYSTEM_NAME.test(system)) {
      this.#fault('change.source.invalid', '/source', 'The `source` does not name a system.', { fix: FIXES.source })
      return ''
    }
    const { onlySystem, systems } = this.#rules
    if (onlySystem !== undefined && system !== onlySystem) {
      this.#fault('change.system.forbidden', '/source', 'This key may send changes of its own system only.', {
        fix: 'Send each system its own changes with its own key.',
        status: 403,
      })
      return ''
    }
    if (systems !== undefined && !systems.has(system)) {
      this.#fault('change.system.unknown', '/source', 'The hub knows no system of this name.', {
        fix: 'Correct the name, or describe the system in config/systems/<name>.yaml.',
      })
      return ''
    }
    this.#systems.set(source, system)
    return system
  }

  #subject(subject: Json | undefined): { entity: string; key: string } {
    if (typeof subject === 'string') {
      const slash = subject.indexOf('/')
      const entity = slash > 0 ? decode(subject.slice(0, slash)) : null
      const key = slash > 0 && !subject.includes('/', slash + 1) ? decode(subject.slice(slash + 1)) : null
      if (entity && key && entity.length <= LENGTH_MAX.entity && key.length <= LENGTH_MAX.key) return { entity, key }
    }
    const detail = `The \`subject\` is not an entity (at most ${LENGTH_MAX.entity} characters) and a key (at most ${LENGTH_MAX.key}).`
    this.#fault('change.subject.invalid', '/subject', detail, { fix: FIXES.subject })
    return { entity: '', key: '' }
  }

  #time(time: Json | undefined): string {
    if (time === undefined || time === null) return this.#rules.receivedAt
    if (typeof time === 'string' && isTime(time)) return time
    this.#fault('change.time.invalid', '/time', 'The `time` is not a moment that RFC 3339 can name.', {
      fix: FIXES.time,
    })
    return ''
  }

  #sequence(
    sequence: Json | undefined,
    type: Json | undefined,
  ): { sequence?: string; sequenceType?: 'Integer' } | undefined {
    if (type !== undefined && type !== null && type !== 'Integer') {
      this.#fault('change.sequencetype.unknown', '/sequencetype', 'The only `sequencetype` is `Integer`.', {
        fix: 'Set it to `Integer`, or leave it out to have `sequence` compared as text.',
      })
      return undefined
    }
    if (sequence === undefined || sequence === null) {
      if (type !== 'Integer') return undefined
      this.#fault('change.sequence.invalid', '/sequence', 'There is a `sequencetype` but no `sequence`.', {
        fix: FIXES.integer,
      })
      return undefined
    }
    if (type === 'Integer') {
      const text = typeof sequence === 'number' && Number.isSafeInteger(sequence) ? String(sequence) : sequence
      if (typeof text === 'string' && INTEGER.test(text)) return { sequence: text, sequenceType: 'Integer' }
      this.#fault('change.sequence.invalid', '/sequence', 'The `sequence` is not an integer.', { fix: FIXES.integer })
      return undefined
    }
    if (typeof sequence === 'string' && sequence.length > 0 && sequence.length <= LENGTH_MAX.sequence)
      return { sequence }
    this.#fault('change.sequence.invalid', '/sequence', 'The `sequence` is not a text of 1 to 256 characters.', {
      fix: FIXES.sequence,
    })
    return undefined
  }

  #data(event: JsonObject, exact: JsonObject, kind: Change['kind']): JsonObject | null {
    if (event['data_base64'] !== undefined) {
      this.#fault('change.data.base64', '/data_base64', 'The hub takes no binary records.', { fix: FIXES.data })
      return null
    }
    const data = event['data']
    if (isJsonObject(data)) return exact['data'] as JsonObject
    if (data !== undefined && data !== null) {
      this.#fault('change.data.not-object', '/data', 'The record in `data` is not a JSON object.', { fix: FIXES.data })
    } else if (kind === 'upsert') {
      this.#fault('change.data.missing', '/data', 'An upsert carries no record in `data`.', { fix: FIXES.data })
    }
    return null
  }
}

/** A percent-encoded part as text; null where it is malformed or holds a NUL, which PostgreSQL can't store. */
function decode(part: string): string | null {
  if (!part.includes('%')) return part
  try {
    const text = decodeURIComponent(part)
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isTime(time: string): boolean {
  const parts = TIME.exec(time)
  if (parts === null) return false
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  // The year 0 has no day in PostgreSQL's calendar.
  if (year === 0 || day === 0) return false
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= (DAYS[month - 1] ?? 0) + (leap ? 1 : 0) && (!(year === 1 || year === 9999) || staysInItsYear(time))
}

/** In UTC the first or last hours of these years may lie in the year 0 or 10000, which PostgreSQL writes in another way. */
function staysInItsYear(time: string): boolean {
  const year = new Date(Date.parse(time.toUpperCase().replace(':60', ':59').replace(/\.\d+/, ''))).getUTCFullYear()
  return year >= 1 && year <= 9999
}
