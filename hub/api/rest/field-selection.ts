import type { CanonicalEntity } from '../../contracts/canonical.ts'
import { canonicalSchema } from '../../contracts/canonical-schema.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import { nearestName } from '../../mapping/document/config-error.ts'

/** Members that are asked for, and of each what in it; null: all of it. */
export type Selection = Map<string, Selection | null>

/** Members that an answer has beside those of its entity, and the entities that are in them. */
export type Beside = Readonly<Record<string, CanonicalEntity>>

/**
 * Reads `fields=id,name,emails.address`: paths of members, through lists without an index. Pure. A path and a part of
 * it: the whole. Throws `request.fields.unknown` (400) with the fields that there are in that place.
 */
export function selectionOf(
  entity: CanonicalEntity,
  fields: readonly string[],
  beside: Beside = {},
  where = '?fields',
): Selection {
  const selection: Selection = new Map()
  for (const path of fields) select(selection, path, entity, { beside, where })
  return selection
}

/** `where`: the place of the paths in the request. */
type Choosing = { beside: Beside; where: string }

function select(selection: Selection, path: string, entity: CanonicalEntity, { beside, where }: Choosing): void {
  const names = path.split('.')
  let within: JsonObject = { properties: { ...propertiesOf(schemaOf(entity)), ...besideSchemas(beside) } }
  let holder: Selection | null = selection
  for (const [at, name] of names.entries()) {
    const next = memberOf(within, name)
    if (next === undefined) throw unknownField(names.slice(0, at + 1).join('.'), namesIn(within), where)
    within = next
    if (holder === null) continue
    const known: Selection | null | undefined = holder.get(name)
    const isLast = at === names.length - 1
    const into: Selection | null = isLast || known === null ? null : (known ?? new Map())
    holder.set(name, into)
    holder = into
  }
}

/** What was asked for of a value, in the value's own order. */
export function selected(value: Json, selection: Selection): Json {
  if (Array.isArray(value)) return value.map((item) => selected(item, selection))
  if (!isJsonObject(value)) return value
  const entries: [string, Json][] = []
  for (const [name, member] of Object.entries(value)) {
    const part = selection.get(name)
    if (part === undefined) continue
    entries.push([name, part === null ? member : selected(member, part)])
  }
  // `Object.fromEntries` makes a member of any name, `__proto__` too.
  return Object.fromEntries(entries)
}

/** JSON text with only what was asked for; the text itself where everything was. */
export function selectedText(text: string, selection: Selection | null): string {
  return selection === null ? text : JSON.stringify(selected(JSON.parse(text) as Json, selection))
}

const schemas = new Map<CanonicalEntity, JsonObject>()

function schemaOf(entity: CanonicalEntity): JsonObject {
  const known = schemas.get(entity)
  if (known !== undefined) return known
  const schema = canonicalSchema(entity, 'record')
  schemas.set(entity, schema)
  return schema
}

function besideSchemas(beside: Beside): JsonObject {
  return Object.fromEntries(Object.entries(beside).map(([name, entity]) => [name, schemaOf(entity)]))
}

/** The members that a schema gives names to, those of its parts and of the items of a list included. */
function propertiesOf(schema: JsonObject): JsonObject {
  const { properties, items } = schema
  const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((word) => (Array.isArray(schema[word]) ? schema[word] : []))
  const all = [...parts, items ?? null].filter((part) => isJsonObject(part))
  return Object.assign({}, ...all.map(propertiesOf), isJsonObject(properties ?? null) ? properties : {}) as JsonObject
}

/** Members of any name (attributes) have the schema of them all. */
function memberOf(schema: JsonObject, name: string): JsonObject | undefined {
  const properties = propertiesOf(schema)
  const named = Object.hasOwn(properties, name) ? properties[name] : undefined
  if (isJsonObject(named ?? null)) return named as JsonObject
  const { additionalProperties } = schema
  return name !== '' && isJsonObject(additionalProperties ?? null) ? (additionalProperties as JsonObject) : undefined
}

function namesIn(schema: JsonObject): string[] {
  return Object.keys(propertiesOf(schema))
}

function unknownField(path: string, known: readonly string[], where: string): HubError {
  const shown = path.slice(0, 100)
  const last = shown.split('.').at(-1) ?? ''
  const nearest = nearestName(last, known)
  const all = known.length === 0 ? 'There is nothing in it to choose from.' : `There are: ${known.join(', ')}.`
  return new HubError({
    code: 'request.fields.unknown',
    family: 'reject',
    status: 400,
    message: `There is no field \`${shown}\`.`,
    where,
    fix: nearest === undefined ? all : `Did you mean \`${nearest}\`? ${all}`,
    facts: { fields: [...known] },
  })
}
