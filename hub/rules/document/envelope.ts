/** The envelope of a rule: what it is called, what it takes and gives, and when it holds. */
import { CANONICAL_ENTITIES } from '../../contracts/canonical.ts'
import type { CanonicalEntity } from '../../contracts/canonical.ts'
import { compileSchema } from '../../contracts/schema-validator.ts'
import type { SchemaViolation } from '../../contracts/schema-validator.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { isJsonObject } from '../../contracts/json.ts'
import type { Report } from './problems.ts'
import { CLOCK_NAMES } from './clock-names.ts'
import { usesFault } from './envelope-uses.ts'
import { type Fill, readFills } from './fill.ts'
import { membersOf } from './members-of.ts'
import { nearest, quoted } from './problems.ts'
import { READ_NAMES, type ReadName } from './read-names.ts'
import { readYamlText } from './read-text.ts'
import { resolvedSchema } from './schema-references.ts'

export interface RuleEnvelope {
  name: string
  title: string
  sentence: string
  /** ms since 1970, the first moment at which the rule holds; absent: always. */
  validFrom?: number
  /** ms since 1970, the first moment at which it no longer holds. */
  validTo?: number
  /** Given: the rule knows `now` (an instant) and `today` (a date in this zone), from the moment that is handed in. */
  timeZone?: string
  input: RuleSchema
  output: RuleSchema
  /** What the hub reads of a customer and puts into the input by these names; empty: nothing. */
  reads: readonly ReadName[]
  /** What is made out of what was read, where a caller does not send it. */
  fills: readonly Fill[]
  /** Given: the rule is decided for every canonical change of an entity. */
  onChange?: OnChange
  /** As written. */
  document: JsonObject
}

export interface OnChange {
  entity: CanonicalEntity
  /**
   * `validate`: findings that are errors keep the change from being applied; `enrich`: the result is added to the document;
   * `note`: findings are kept beside the golden record, and nothing is stopped.
   */
  does: 'validate' | 'enrich' | 'note'
}

/** Where a rule is used beside being asked. */
export type RuleUses = Pick<RuleEnvelope, 'reads' | 'fills' | 'onChange'>

export interface RuleSchema {
  /** With every reference resolved. */
  schema: JsonObject
  /** The first violation; undefined: the document is valid. */
  check(document: unknown): SchemaViolation | undefined
  /** The members it may have; undefined: any. */
  members: ReadonlySet<string> | undefined
}

const MOMENT = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,3})?)?(Z|[+-]\\d\\d:\\d\\d))?$',
}

/** JSON Schema 2020-12 of `<rule>.rule.yaml`, for editors and for the check itself. */
export const ENVELOPE_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://omnihub.dev/schemas/config/rule/1.0',
  title: 'Rule',
  description: 'The envelope of a rule; its graph is the JSON document of the Zen editor beside it.',
  type: 'object',
  required: ['name', 'title', 'sentence', 'input', 'output'],
  additionalProperties: false,
  properties: {
    name: {
      description: 'Names the rule in addresses and in decision nodes of other rules.',
      type: 'string',
      pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$',
      maxLength: 64,
    },
    title: { description: 'A few words for lists.', type: 'string', minLength: 1, maxLength: 100 },
    sentence: { description: 'What the rule decides, in one sentence.', type: 'string', minLength: 1, maxLength: 500 },
    validFrom: {
      ...MOMENT,
      description: 'First moment at which the rule holds: an instant, or a date in timeZone (else UTC).',
    },
    validTo: { ...MOMENT, description: 'First moment at which it no longer holds.' },
    timeZone: {
      description: 'IANA time zone. Given: the rule can read `now` and `today` of the moment of the decision.',
      type: 'string',
      minLength: 1,
      maxLength: 64,
    },
    reads: {
      description:
        'What the hub puts into the input by these names: of a customer that a caller names by `customer: {id}` the golden record and collections (invoices), and single records that a caller names by their ids (`invoice: {id}`). Each is a member of the input.',
      type: 'array',
      uniqueItems: true,
      minItems: 1,
      items: { enum: [...READ_NAMES] },
    },
    fill: {
      description:
        'Members of the input that are made out of what the hub read, where a caller does not send them: an expression over what stands in reads (and now and today where the rule has a timeZone), or {value, says}.',
      type: 'object',
      minProperties: 1,
      maxProperties: 50,
      additionalProperties: {
        type: ['string', 'object'],
        minLength: 1,
        maxLength: 2_000,
        additionalProperties: false,
        required: ['value'],
        properties: {
          value: { description: 'The expression.', type: 'string', minLength: 1, maxLength: 2_000 },
          says: {
            description: 'What it stands for, in a few words: the trace tells them.',
            type: 'string',
            minLength: 1,
            maxLength: 200,
          },
        },
      },
    },
    onChange: {
      description: 'The rule is decided for every canonical change of this entity, whatever system it comes from.',
      type: 'object',
      additionalProperties: false,
      required: ['entity', 'does'],
      properties: {
        entity: { description: 'The canonical entity.', enum: [...CANONICAL_ENTITIES] },
        does: {
          description:
            'validate: a finding that is an error parks the change. enrich: the result is added to the document. note (customers only): findings are kept beside the golden record.',
          enum: ['validate', 'enrich', 'note'],
        },
      },
    },
    input: { description: 'JSON Schema of the input; "$ref" may name a canonical schema by its $id.', type: 'object' },
    output: { description: 'JSON Schema of the result.', type: 'object' },
  },
}

const checkEnvelope = compileSchema(ENVELOPE_SCHEMA as unknown as JsonObject)

/** Reads the YAML text of an envelope; undefined: something was reported. */
export function readEnvelope(text: string, report: Report): RuleEnvelope | undefined {
  const document = readYamlText(text, report)
  if (document === undefined) return undefined
  const violation = checkEnvelope(document)[0]
  if (violation !== undefined || !isJsonObject(document)) return envelopeInvalid(violation, report)
  const timeZone = document['timeZone'] as string | undefined
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    const message = `The time zone ${quoted(timeZone)} is not known.`
    return report('/timeZone', { code: 'rule.envelope.invalid', message, fix: 'Write an IANA name: Australia/Sydney.' })
  }
  const validFrom = momentOf(document, 'validFrom', timeZone, report)
  const validTo = momentOf(document, 'validTo', timeZone, report)
  const input = readSchema(document, 'input', report)
  const output = readSchema(document, 'output', report)
  if (validFrom === null || validTo === null || input === undefined || output === undefined) return undefined
  if (validFrom !== undefined && validTo !== undefined && validFrom >= validTo) {
    const message = 'The rule ends before it begins to hold.'
    return report('/validTo', { code: 'rule.envelope.invalid', message, fix: 'Write a validTo after validFrom.' })
  }
  const reads = (document['reads'] ?? []) as ReadName[]
  const fill = (document['fill'] ?? {}) as JsonObject
  const fills = readFills({ fill, reads, hasClock: timeZone !== undefined, input: input.schema }, report)
  if (fills === undefined) return undefined
  const uses: RuleUses = {
    reads,
    fills,
    ...(document['onChange'] === undefined ? {} : { onChange: document['onChange'] as unknown as OnChange }),
  }
  const fault = usesFault(uses, input.schema, output.schema)
  if (fault !== undefined) {
    return report(fault.pointer, { code: 'rule.envelope.invalid', message: fault.message, fix: fault.fix })
  }
  return {
    name: document['name'] as string,
    title: document['title'] as string,
    sentence: document['sentence'] as string,
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validTo === undefined ? {} : { validTo }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...uses,
    input,
    output,
    document,
  }
}

function envelopeInvalid(violation: SchemaViolation | undefined, report: Report): undefined {
  const pointer = violation?.pointer ?? ''
  const name = pointer.slice(1)
  const known = Object.keys(ENVELOPE_SCHEMA.properties)
  const near = violation?.keyword === 'additionalProperties' ? nearest(name, known) : undefined
  const message = `${name === '' ? 'The envelope' : quoted(name)} ${violation?.message ?? 'must be an object'}.`
  const fix = `${near === undefined ? '' : `Did you mean ${near}? `}An envelope has ${known.join(', ')}.`
  return report(pointer, { code: 'rule.envelope.invalid', message, fix })
}

function readSchema(document: JsonObject, name: 'input' | 'output', report: Report): RuleSchema | undefined {
  try {
    const { schema, compiled } = compiledSchema(document[name] as JsonObject)
    const members = Object.keys(membersOf(schema))
    const isClosed = schema['additionalProperties'] === false && schema['patternProperties'] === undefined
    if (schema['type'] !== 'object') throw new Error('it must say "type: object"')
    if (name === 'input' && clockNames(members).length > 0 && document['timeZone'] !== undefined) {
      throw new Error('"now" and "today" come from the moment of the decision, so the input cannot have them')
    }
    return {
      schema,
      check: (value) => compiled(value)[0],
      members: isClosed ? new Set(members) : undefined,
    }
  } catch (thrown) {
    const message = `The ${name} is no usable JSON Schema: ${thrown instanceof Error ? thrown.message : ''}.`
    return report(`/${name}`, {
      code: 'rule.schema.invalid',
      message,
      fix: 'Describe it by an object schema of JSON Schema 2020-12: type, properties, required.',
    })
  }
}

interface CompiledSchema {
  schema: JsonObject
  compiled: (document: unknown) => SchemaViolation[]
}

/**
 * Compiled schemas by their text, since rules are loaded again, all together, whenever one of them changes, and compiling
 * is nearly all of that time. The oldest goes when there are many.
 */
const compiledSchemas = new Map<string, CompiledSchema>()
const COMPILED_MAX = 400

function compiledSchema(document: JsonObject): CompiledSchema {
  const text = JSON.stringify(document)
  let found = compiledSchemas.get(text)
  if (found === undefined) {
    const schema = resolvedSchema(document)
    found = { schema, compiled: compileSchema(schema) }
    const [oldest] = compiledSchemas.size >= COMPILED_MAX ? compiledSchemas.keys() : []
    if (oldest !== undefined) compiledSchemas.delete(oldest)
    compiledSchemas.set(text, found)
  }
  return found
}

const clockNames = (members: readonly string[]): string[] => members.filter((name) => CLOCK_NAMES.includes(name))

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** null: reported. */
function momentOf(
  document: JsonObject,
  name: string,
  timeZone: string | undefined,
  report: Report,
): number | undefined | null {
  const text = document[name]
  if (typeof text !== 'string') return undefined
  const isDate = text.length === 10
  const instant = Date.parse(isDate ? `${text}T00:00:00Z` : text)
  if (Number.isNaN(instant) || (isDate && new Date(instant).toISOString().slice(0, 10) !== text)) {
    report(`/${name}`, { code: 'rule.envelope.invalid', message: `${quoted(text)} is no date that exists.` })
    return null
  }
  return isDate && timeZone !== undefined ? startOfDay(instant, timeZone) : instant
}

/** The first moment of a day in a zone; `utc` is that day's midnight in UTC. */
function startOfDay(utc: number, timeZone: string): number {
  // Twice, for the days on which the offset changes between the guess and the answer.
  const once = utc - offsetAt(utc, timeZone)
  return utc - offsetAt(once, timeZone)
}

function offsetAt(moment: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(moment)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
  const match = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name)
  if (match === null) return 0
  const [, sign, hours, minutes, seconds = '0'] = match
  return (sign === '-' ? -1 : 1) * ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000
}
