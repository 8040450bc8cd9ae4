import { type Document, isNode, LineCounter, parseDocument } from 'yaml'
import type { ConnectorSpec } from '../../contracts/connector.ts'
import { CANONICAL_SCHEMAS } from '../../contracts/generated/schemas.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import { fieldFault } from '../../golden/field-paths.ts'
import { type Fault, optionFaults, valueFaults, writtenFaults } from './check-settings.ts'
import { parseDuration } from './duration.ts'

/** A document config/systems/<name>.yaml as the workspace holds it. */
export interface SystemDocument {
  name: string
  path: string
  text: string
}

export type EntityMode = 'push' | 'poll' | 'log'

export interface EntityPlan {
  entity: string
  mode: EntityMode
  /** Time from the beginning of one poll to the beginning of the next, ms. */
  everyMs: number
  options: JsonObject
  /** What it takes from the hub; null: nothing. */
  write: WritePlan | null
  /** On what schedule it is compared with the hub, and whether differences are mended; null: on request only. */
  reconcile: ReconcilePlan | null
}

export interface ReconcilePlan {
  everyMs: number
  repair: boolean
}

/** What becomes of a write where the system has changed the field meanwhile. */
export type ConflictPolicy = 'system-wins' | 'hub-wins' | 'park'

/** Canonical fields that an entity takes from the hub, by path (`emails`, `name`, `name.given`). */
export interface WritePlan {
  fields: ReadonlyMap<string, ConflictPolicy>
  /** How it takes new records; null: it takes none. */
  create: CreatePlan | null
}

export interface CreatePlan {
  /**
   * Who names a new record: `{from}`: the hub, by numbers from there on, a range that the system leaves to it; `uuid`: the hub, by the
   * id that the record has there; null: the system, where its connector can ask for that, else `uuid`.
   */
  key: 'uuid' | { from: number } | null
  /** Members without which a new record is not even sent; `a|b`: one of them. */
  required: readonly string[]
}

export interface SystemConfig {
  name: string
  title: string
  /** `push`, or the name of the connector. */
  connector: string
  /** undefined: it only pushes. */
  spec: ConnectorSpec | undefined
  /** With references as they are written. */
  settings: JsonObject
  entities: EntityPlan[]
  rate: { recordsPerSecond: number | undefined; callsPerSecond: number | undefined }
  /** How long one page, a check or an opening may take, ms. */
  timeoutMs: number
  document: { name: string; path: string }
}

const EVERY_DEFAULT_MS = 10_000
const TIMEOUT_DEFAULT_MS = 120_000
const MEMBERS = ['title', 'description', 'connector', 'settings', 'entities', 'rate', 'reconcile', 'timeout']
const ENTITY_MEMBERS = ['mode', 'every', 'options', 'reconcile', 'write']
const WRITE_MEMBERS = ['create', 'fields', 'onConflict']
const CREATE_MEMBERS = ['key', 'required']
const CONFLICT_POLICIES: readonly ConflictPolicy[] = ['system-wins', 'hub-wins', 'park']
const RECONCILE_MEMBERS = ['every', 'repair']
const RATE_MEMBERS = ['recordsPerSecond', 'callsPerSecond']
const MODES = ['push', 'poll', 'log']
const ENTITY_LENGTH_MAX = 256
/** Numbers beyond 2^53 are no longer exact in every system's JSON; this leaves room for a long time. */
const NUMBERS_FROM_MAX = 9_000_000_000_000_000
/** Members of the canonical entities that are one record each. */
const RECORD_MEMBERS: ReadonlySet<string> = new Set(
  Object.entries(CANONICAL_SCHEMAS).flatMap(([entity, { properties }]) =>
    entity === 'customer' || !isJsonObject(properties ?? null) ? [] : Object.keys(properties as JsonObject),
  ),
)

/**
 * Reads and checks a system's document. Throws `system.config.invalid` (family config) with the first fault, its file and
 * line (`config/systems/crm.yaml:12`) and what could be written; `facts.faults` has all of them.
 */
export function parseSystemConfig(document: SystemDocument, connectors: readonly ConnectorSpec[]): SystemConfig {
  const file = `config/systems/${document.name}.yaml`
  const lines = new LineCounter()
  const yaml = parseDocument(document.text, { lineCounter: lines, uniqueKeys: true, strict: true })
  const problem = yaml.errors[0] ?? yaml.warnings[0]
  if (problem !== undefined) {
    const what = problem.message.split('\n')[0]?.replace(/ at line .*$/, '') ?? ''
    throw invalid([
      { message: `The document is no valid YAML: ${what}.`, where: `${file}:${lines.linePos(problem.pos[0]).line}` },
    ])
  }
  const content = contentOf(yaml, file)
  if (!isJsonObject(content)) throw invalid([{ message: 'A system is described by a map.', where: `${file}:1` }])
  const reader = new Reader(content, connectors)
  const config = reader.read()
  if (reader.faults.length === 0)
    return { name: document.name, ...config, document: { name: file, path: document.path } }
  const lineOf = (path: readonly string[]): number => {
    for (let depth = path.length; depth > 0; depth--) {
      const found = yaml.getIn(path.slice(0, depth), true)
      if (isNode(found) && found.range) return lines.linePos(found.range[0]).line
    }
    return 1
  }
  throw invalid(reader.faults.map(({ path, ...fault }) => ({ ...fault, where: `${file}:${lineOf(path)}` })))
}

function contentOf(yaml: Document, file: string): unknown {
  try {
    return yaml.toJS({ maxAliasCount: 100 })
  } catch {
    throw invalid([{ message: 'The document refers to itself too often.', where: `${file}:1` }])
  }
}

class Reader {
  readonly faults: Fault[] = []
  readonly #content: JsonObject
  readonly #connectors: readonly ConnectorSpec[]

  constructor(content: JsonObject, connectors: readonly ConnectorSpec[]) {
    this.#content = content
    this.#connectors = connectors
  }

  read(): Omit<SystemConfig, 'name' | 'document'> {
    this.#known(this.#content, MEMBERS, [])
    const { title, description } = this.#content
    if (typeof title !== 'string' || title.trim() === '')
      this.#fault(['title'], '"title" must be a text.', 'Write what people call the system.')
    if (description !== undefined && typeof description !== 'string') {
      this.#fault(['description'], '"description" must be a text.')
    }
    const spec = this.#connector()
    const settings = this.#map(this.#content.settings, ['settings'])
    if (spec !== undefined) this.faults.push(...writtenFaults(spec.settings, settings, ['settings']))
    else if (this.#content.connector === 'push' && Object.keys(settings).length > 0) {
      this.#fault(['settings'], 'A system that only pushes has no settings.', 'Leave them out.')
    }
    return {
      title: String(title),
      connector: String(this.#content.connector),
      spec,
      settings,
      entities: this.#entities(spec),
      rate: this.#rate(),
      timeoutMs: this.#duration(this.#content.timeout, ['timeout'], TIMEOUT_DEFAULT_MS, 1_000),
    }
  }

  #connector(): ConnectorSpec | undefined {
    const name = this.#content.connector
    if (name === 'push') return undefined
    const spec = this.#connectors.find((one) => one.name === name)
    if (spec === undefined) {
      const names = ['push', ...this.#connectors.map((one) => one.name)].join(', ')
      this.#fault(['connector'], 'There is no such connector.', `Use one of ${names}.`)
    }
    return spec
  }

  #entities(spec: ConnectorSpec | undefined): EntityPlan[] {
    const entities = this.#map(this.#content.entities, ['entities'])
    const plans = Object.entries(entities).map(([entity, value]) => this.#entity(entity, value, spec))
    if (spec !== undefined && plans.length === 0) {
      this.#fault(['entities'], 'The system names no entity to read.', 'Name its entities: each record type once.')
    }
    return plans
  }

  #entity(entity: string, value: Json | undefined, spec: ConnectorSpec | undefined): EntityPlan {
    const path = ['entities', entity]
    if (entity === '' || entity.length > ENTITY_LENGTH_MAX || /\p{Cc}/u.test(entity) || !entity.isWellFormed()) {
      this.#fault(path, `The name of an entity is a text of 1 to ${ENTITY_LENGTH_MAX} characters.`)
    }
    const given = this.#map(value, path)
    this.#known(given, ENTITY_MEMBERS, path)
    const mode = this.#mode(given.mode, path, spec)
    if (mode !== 'poll' && given.every !== undefined) {
      this.#fault([...path, 'every'], 'Only what is polled has a schedule.', 'Leave "every" out, or use mode: poll.')
    }
    const options = this.#map(given.options, [...path, 'options'])
    if (mode === 'push' && Object.keys(options).length > 0) {
      this.#fault([...path, 'options'], 'What is only pushed has no options.', 'Leave them out.')
    } else if (spec !== undefined) {
      const schema = spec.entityOptions ?? { type: 'object', properties: {}, additionalProperties: false }
      this.faults.push(...optionFaults(schema, options, [...path, 'options']))
    }
    const everyMs = this.#duration(given.every, [...path, 'every'], EVERY_DEFAULT_MS, 100)
    const reconcile =
      given.reconcile === undefined
        ? this.#reconcile(mode === 'push' ? undefined : this.#content.reconcile, ['reconcile'], mode, spec)
        : this.#reconcile(given.reconcile, [...path, 'reconcile'], mode, spec)
    const write = this.#write(given.write, [...path, 'write'], spec)
    return { entity, mode, everyMs, options, write, reconcile }
  }

  /** Of the entity, or of the system for all its entities that are read; null at an entity: not this one. */
  #reconcile(
    value: Json | undefined,
    path: string[],
    mode: EntityMode,
    spec: ConnectorSpec | undefined,
  ): ReconcilePlan | null {
    if (value === undefined || value === null) return null
    const given = this.#map(value, path)
    this.#known(given, RECONCILE_MEMBERS, path)
    if (mode === 'push' || spec?.capabilities.backfill !== true) {
      this.#fault(path, 'Only what the hub can read as a whole is compared with it.', 'Leave "reconcile" out.')
    }
    if (given.every === undefined) {
      this.#fault([...path, 'every'], '"every" says how often the two sides are compared.', 'Write it as 24h.')
    }
    const { repair = false } = given
    if (typeof repair !== 'boolean') {
      this.#fault([...path, 'repair'], '"repair" must be true or false.', 'true: what differs is read anew.')
    }
    const everyMs = this.#duration(given.every, [...path, 'every'], 86_400_000, 1_000)
    return { everyMs, repair: repair === true }
  }

  #write(value: Json | undefined, path: string[], spec: ConnectorSpec | undefined): WritePlan | null {
    if (value === undefined || value === null) return null
    const given = this.#map(value, path)
    this.#known(given, WRITE_MEMBERS, path)
    const create = this.#create(given.create, [...path, 'create'])
    if (spec?.capabilities.write !== true && !(create !== null && spec?.capabilities.create === true)) {
      const what = spec === undefined ? 'A system that only pushes' : `The connector ${spec.name}`
      this.#fault(path, `${what} can not be written to.`, 'Leave "write" out.')
    }
    const otherwise = this.#policy(given.onConflict, [...path, 'onConflict'])
    const fields = new Map<string, ConflictPolicy>()
    const list = given.fields
    if (Array.isArray(list)) for (const field of list) fields.set(String(field), otherwise)
    else {
      for (const [field, more] of Object.entries(this.#map(list, [...path, 'fields']))) {
        const own = this.#map(more, [...path, 'fields', field])
        this.#known(own, ['onConflict'], [...path, 'fields', field])
        fields.set(field, this.#policy(own.onConflict, [...path, 'fields', field, 'onConflict'], otherwise))
      }
    }
    if (fields.size === 0 && create === null)
      this.#fault(
        [...path, 'fields'],
        'The fields that the system takes are missing.',
        'Name them: fields: [emails, phones].',
      )
    for (const field of fields.keys()) {
      const fault = field === 'attributes' ? 'Name one attribute, such as attributes.tier.' : fieldFault(field)
      // Which canonical entity it is, only its mapping says: what is no field of a customer may be one of another.
      if (fault !== undefined && !RECORD_MEMBERS.has(field.split('.')[0] ?? ''))
        this.#fault([...path, 'fields', field], fault)
    }
    return { fields, create }
  }

  #create(value: Json | undefined, path: string[]): CreatePlan | null {
    if (value === undefined || value === null || value === false) return null
    if (value === true) return { key: null, required: [] }
    const given = this.#map(value, path)
    this.#known(given, CREATE_MEMBERS, path)
    const list = given.required ?? []
    const required = Array.isArray(list) ? list.map(String) : []
    const isKnown = (name: string): boolean => name.split('|').every((one) => RECORD_MEMBERS.has(one))
    if (!Array.isArray(list) || !required.every(isKnown))
      this.#fault([...path, 'required'], '"required" names members of records.', 'Write it as [customer, amount].')
    return { key: this.#createKey(given.key, [...path, 'key']), required }
  }

  #createKey(value: Json | undefined, path: string[]): CreatePlan['key'] {
    if (value === undefined || value === null) return null
    if (value === 'uuid') return value
    const from = isJsonObject(value) && Object.keys(value).length === 1 ? value.from : undefined
    if (typeof from === 'number' && Number.isSafeInteger(from) && from >= 0 && from <= NUMBERS_FROM_MAX) return { from }
    this.#fault(path, '"key" says how new records are named.', 'Write uuid, or { from: 900000000 } for numbers.')
    return null
  }

  #policy(value: Json | undefined, path: string[], otherwise: ConflictPolicy = 'system-wins'): ConflictPolicy {
    if (value === undefined || value === null) return otherwise
    const policy = CONFLICT_POLICIES.find((one) => one === value)
    if (policy === undefined)
      this.#fault(path, '"onConflict" says whose value stays.', `Use one of ${CONFLICT_POLICIES.join(', ')}.`)
    return policy ?? otherwise
  }

  #mode(value: Json | undefined, path: string[], spec: ConnectorSpec | undefined): EntityMode {
    const mode = value ?? (spec === undefined ? 'push' : 'poll')
    if (typeof mode !== 'string' || !MODES.includes(mode)) {
      this.#fault([...path, 'mode'], '"mode" says how changes come in.', `Use one of ${MODES.join(', ')}.`)
      return 'push'
    }
    const can = { push: true, poll: spec?.capabilities.poll === true, log: spec?.capabilities.subscribe === true }
    if (this.#content.connector === 'push' && mode !== 'push') {
      this.#fault([...path, 'mode'], 'A system without a connector can only push.', 'Use mode: push, or a connector.')
    } else if (spec !== undefined && !can[mode as EntityMode]) {
      const modes = MODES.filter((one) => can[one as EntityMode]).join(', ')
      this.#fault([...path, 'mode'], `The connector ${spec.name} does not offer this.`, `Use one of ${modes}.`)
    }
    return mode as EntityMode
  }

  #rate(): SystemConfig['rate'] {
    const given = this.#map(this.#content.rate, ['rate'])
    this.#known(given, RATE_MEMBERS, ['rate'])
    const limit = (name: string): number | undefined => {
      const value = given[name]
      if (value === undefined || value === null) return undefined
      const faults = valueFaults(
        { type: 'number', minimum: 0.001, maximum: 1_000_000, title: name, description: 'Write a number above 0.' },
        value,
        ['rate', name],
      )
      this.faults.push(...faults)
      return faults.length === 0 ? (value as number) : undefined
    }
    return { recordsPerSecond: limit('recordsPerSecond'), callsPerSecond: limit('callsPerSecond') }
  }

  #duration(value: Json | undefined, path: string[], otherwise: number, min: number): number {
    if (value === undefined || value === null) return otherwise
    const ms = typeof value === 'string' ? parseDuration(value) : undefined
    if (ms !== undefined && ms >= min && ms <= 7 * 86_400_000) return ms
    this.#fault(path, `"${path.at(-1)}" must be a time from ${min} ms to 7 days.`, 'Write it as 500ms, 10s, 5m or 1h.')
    return otherwise
  }

  #map(value: Json | undefined, path: string[]): JsonObject {
    if (value === undefined || value === null) return {}
    if (isJsonObject(value)) return value
    this.#fault(path, `"${path.at(-1)}" must be a map.`)
    return {}
  }

  #known(given: JsonObject, names: readonly string[], path: string[]): void {
    for (const name of Object.keys(given)) {
      if (!names.includes(name)) this.#fault([...path, name], `There is no "${name}" here.`, `Use ${names.join(', ')}.`)
    }
  }

  #fault(path: string[], message: string, fix?: string): void {
    this.faults.push(fix === undefined ? { path, message } : { path, message, fix })
  }
}

function invalid(faults: readonly { message: string; where: string; fix?: string }[]): HubError {
  const first = faults[0] ?? { message: 'The document is wrong.', where: '' }
  return new HubError({
    code: 'system.config.invalid',
    family: 'config',
    message: first.message,
    where: first.where,
    ...(first.fix === undefined ? {} : { fix: first.fix }),
    facts: { faults },
  })
}
