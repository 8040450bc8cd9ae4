/** config/golden.yaml: how sources make one customer. Text in, checked configuration out; reads no file. */
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { type Document, LineCounter, isNode, parseDocument } from 'yaml'
import { GOLDEN_CONFIG_SCHEMA } from '../contracts/generated/golden-config.ts'
import { HubError } from '../contracts/hub-error.ts'
import { HUB_SYSTEM } from '../contracts/hub-system.ts'
import type { JsonObject } from '../contracts/json.ts'
import { CUSTOMER_SHAPE } from './customer-shape.ts'
import { fieldFault } from './field-paths.ts'
import type { Preference, RuleName } from './golden-types.ts'

export interface FieldRule {
  rule: RuleName
  /** For source-priority: the systems, most trusted first. Absent: those of the whole configuration. */
  systems?: string[]
  /** What decides where `rule` leaves several. Absent: source-priority, then most-recent. */
  then?: Preference[]
  /** Systems whose values only fill gaps that all others leave. Absent: those of the whole configuration. */
  fillOnly?: string[]
  /** For objects (`name`, `organization`): all parts come from one record. */
  together?: boolean
  /** For keep-all: items that are the same but differ in this member stay apart. */
  apart?: 'purpose'
}

export interface GoldenConfig {
  /** Most trusted first; systems that aren't listed come after all that are, equal among themselves. */
  systems: string[]
  fillOnly: string[]
  default: FieldRule
  /** By field path; `name` speaks for `name.given` where that has no rule of its own. */
  fields: Record<string, FieldRule>
}

const TEXT_LENGTH_MAX = 1_000_000

/**
 * Throws a `config` HubError `golden.config.invalid` with file and line (`config/golden.yaml:12`), what is wrong there
 * and what could be written; `facts.faults` has all faults. `file` is only a name for messages.
 */
export function parseGoldenConfig(text: string, file = 'config/golden.yaml'): GoldenConfig {
  if (text.length > TEXT_LENGTH_MAX) throw invalid([{ message: 'The document is too long.', where: file }])
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true })
  const problem = document.errors[0] ?? document.warnings[0]
  if (problem !== undefined) {
    const what = problem.message.split('\n')[0]?.replace(/ at line .*$/, '') ?? ''
    throw invalid([
      { message: `The document is no valid YAML: ${what}.`, where: `${file}:${lines.linePos(problem.pos[0]).line}` },
    ])
  }
  const content = contentOf(document, file)
  const faults = [...schemaFaults(content), ...meaningFaults(content)]
  if (faults.length === 0) return completed(content)
  throw invalid(faults.map(({ path, message }) => ({ message, where: `${file}:${lineOf(document, lines, path)}` })))
}

interface Fault {
  path: string[]
  message: string
}

function contentOf(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {}
  } catch {
    throw invalid([{ message: 'The document refers to itself too often.', where: file }])
  }
}

function lineOf(document: Document, lines: LineCounter, path: readonly string[]): number {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const found = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true)
    if (isNode(found) && found.range) return lines.linePos(found.range[0]).line
  }
  return 1
}

const check = new Ajv2020({ allErrors: true, allowUnionTypes: true, messages: true }).compile(GOLDEN_CONFIG_SCHEMA)

function schemaFaults(content: unknown): Fault[] {
  if (check(content)) return []
  // `if` only repeats that one of its branches failed.
  return (check.errors ?? []).filter(({ keyword }) => keyword !== 'if').map(faultOf)
}

function faultOf({ instancePath, keyword, params, message }: ErrorObject): Fault {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const name = path.join(' > ') || 'The document'
  const facts = params as { additionalProperty?: string; allowedValues?: unknown[] }
  if (keyword === 'additionalProperties') {
    const unknown = String(facts.additionalProperty)
    return { path: [...path, unknown], message: `${name} has no setting "${unknown}".` }
  }
  const allowed = facts.allowedValues === undefined ? '' : `: ${facts.allowedValues.join(', ')}`
  return { path, message: `${name} ${message ?? 'is wrong'}${allowed}.` }
}

interface RawConfig {
  systems?: string[]
  fillOnly?: string[]
  default?: string | JsonObject
  fields?: Record<string, string | JsonObject>
}

function longForm(rule: string | JsonObject): FieldRule {
  return (typeof rule === 'string' ? { rule } : rule) as unknown as FieldRule
}

function meaningFaults(content: unknown): Fault[] {
  if (!check(content)) return []
  const { fields = {}, default: standard, systems = [] } = content as RawConfig
  const found = Object.entries(fields).flatMap(([path, rule]) => {
    const message = fieldFault(path) ?? ruleFault(path, longForm(rule), fields, systems)
    return message === undefined ? [] : [{ path: ['fields', path], message }]
  })
  const message = standard === undefined ? undefined : ruleFault('default', longForm(standard), fields, systems)
  return message === undefined ? found : [...found, { path: ['default'], message }]
}

function ruleFault(
  path: string,
  rule: FieldRule,
  fields: Record<string, unknown>,
  systems: readonly string[],
): string | undefined {
  const kind = CUSTOMER_SHAPE.get(path)?.kind
  const preferences = [rule.rule, ...(rule.then ?? [])]
  if (rule.rule === 'keep-all' && kind !== 'list') return `"keep-all" is for lists; ${path} is none.`
  if (rule.rule === 'keep-all' && preferences.slice(1).some((it) => it === 'most-frequent' || it === 'longest')) {
    return `${path}: where all items are kept, "then" orders the records: by source-priority and most-recent.`
  }
  if (rule.rule !== 'keep-all' && rule.apart !== undefined) return `${path}: "apart" goes with "keep-all".`
  if (rule.apart !== undefined && !['emails', 'phones', 'addresses'].includes(path))
    return `${path}: its items have no purpose.`
  if (path !== 'status' && preferences.includes('liveliest')) return `"liveliest" is for status; ${path} has no life.`
  if (rule.together !== undefined && kind !== 'object') return `${path}: "together" is for name and organization.`
  if (preferences.includes('source-priority') && systems.length === 0 && (rule.systems ?? []).length === 0) {
    return `${path}: source-priority wants "systems", here or for the whole configuration.`
  }
  const whole = path.split('.')[0] ?? ''
  const parent = path === whole ? undefined : (fields[whole] as string | JsonObject | undefined)
  if (parent !== undefined && longForm(parent).together === true) {
    return `${path}: the parts of ${whole} travel together, so that one of them can't have a rule of its own.`
  }
  return undefined
}

function completed(content: unknown): GoldenConfig {
  const raw = content as RawConfig
  const standard = longForm(raw.default ?? 'most-recent')
  const own = Object.entries(raw.fields ?? {}).map(([path, rule]): [string, FieldRule] => [path, longForm(rule)])
  const fields = new Map(own)
  for (const [path, rule] of standardFields(standard)) {
    // Who gives a part of a name its own rule doesn't want the parts to travel together.
    const isParted = own.some(([it]) => it.startsWith(`${path}.`))
    if (!fields.has(path) && !isParted) fields.set(path, rule)
  }
  return {
    systems: raw.systems ?? [],
    fillOnly: withHub(raw.fillOnly ?? [], raw.systems),
    default: withHubIn(standard, raw),
    fields: Object.fromEntries([...fields].map(([path, rule]) => [path, withHubIn(rule, raw, path)])),
  }
}

/**
 * What the hub itself knows of a customer (of a prospect, mostly) only fills gaps that all systems leave, unless a list of
 * systems gives the hub a place.
 */
function withHub(fillOnly: readonly string[], systems: readonly string[] = []): string[] {
  return systems.includes(HUB_SYSTEM) || fillOnly.includes(HUB_SYSTEM) ? [...fillOnly] : [...fillOnly, HUB_SYSTEM]
}

/** Of consents the latest word counts, whoever has heard it. */
function withHubIn(rule: FieldRule, { fillOnly: all = [] }: RawConfig, path?: string): FieldRule {
  const { systems, fillOnly } = rule
  if (fillOnly !== undefined) return { ...rule, fillOnly: path === 'consents' ? fillOnly : withHub(fillOnly, systems) }
  return path === 'consents' || systems?.includes(HUB_SYSTEM) === true ? { ...rule, fillOnly: all } : rule
}

/** Rules of fields that the default alone doesn't suit: lists, names, and the status. */
function standardFields(standard: FieldRule): [string, FieldRule][] {
  return [...CUSTOMER_SHAPE].flatMap(([path, { kind }]): [string, FieldRule][] => {
    if (kind === 'list') return [[path, { rule: 'keep-all' }]]
    if (kind === 'object') return [[path, { ...standard, together: true }]]
    return path === 'status' ? [[path, { rule: 'liveliest' }]] : []
  })
}

function invalid(faults: readonly { message: string; where: string }[]): HubError {
  const [first] = faults
  return new HubError({
    code: 'golden.config.invalid',
    family: 'config',
    message: first?.message ?? 'The document is wrong.',
    ...(first === undefined ? {} : { where: first.where }),
    fix: 'Correct the line; schemas/config/golden.schema.json says what each setting means, and editors complete by it.',
    facts: { faults: faults.map(({ message, where }) => `${where}: ${message}`) },
  })
}

/** What holds where nothing is configured: every list keeps all, names travel together, the most recent value wins. */
export const DEFAULT_GOLDEN_CONFIG: GoldenConfig = parseGoldenConfig('{}')
