/** JSON Schemas as TypeScript types: the part of JSON Schema that the OpenAPI document of the hub uses. */
import { isJsonObject, type Json, type JsonObject, listOf, objectOf } from '../../hub/contracts/json.ts'

const COMMENT_WIDTH = 110
const PLAIN_NAME = /^[A-Za-z_$][\w$]*$/

/** `stock-level`, `part.address`, `event.customer.created` -> `StockLevel`, `Address`, `EventCustomerCreated`. */
export function typeName(component: string): string {
  const name = component
    .replace(/^part\./, '')
    .replaceAll(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  return BUILT_IN.has(name) ? `Canonical${name}` : name
}

/** Names that TypeScript has already, and that code beside the import would mean. */
const BUILT_IN = new Set(
  'Array Boolean Date Error Map Number Object Promise Record Response Set String Symbol'.split(' '),
)

/** The type of what fits a schema, on one line or several; formatting is left to Prettier. */
export function typeText(schema: Json | undefined): string {
  if (!isJsonObject(schema)) return schema === false ? 'never' : 'unknown'
  const reference = schema['$ref']
  if (typeof reference === 'string') return typeName(reference.split('/').at(-1) ?? '')
  const parts = [ownType(schema), ...listOf(schema['allOf']).map(typeText), alternatives(schema)]
  const said = [...new Set(parts.filter((part) => part !== undefined && part !== 'unknown'))]
  if (said.length === 0) return 'unknown'
  return said.length === 1 ? String(said[0]) : said.map((part) => `(${String(part)})`).join(' & ')
}

function alternatives(schema: JsonObject): string | undefined {
  const found = [schema['oneOf'], schema['anyOf']].map((choices) => {
    const types = new Set(listOf(choices).map(typeText))
    // Alternatives that only say which members go together have no type of their own.
    return types.size === 0 || types.has('unknown') ? undefined : [...types].map((type) => `(${type})`).join(' | ')
  })
  const said = found.filter((one) => one !== undefined)
  return said.length === 0 ? undefined : said.join(' & ')
}

function ownType(schema: JsonObject): string | undefined {
  if (schema['const'] !== undefined) return JSON.stringify(schema['const'])
  const choices = listOf(schema['enum'])
  if (choices.length > 0) return choices.map((choice) => JSON.stringify(choice)).join(' | ')
  const types = listOf(schema['type']).map(String)
  if (types.length > 0) return types.map((type) => typeOf(type, schema)).join(' | ')
  return isJsonObject(schema['properties']) ? objectText(schema) : undefined
}

function typeOf(type: string, schema: JsonObject): string {
  if (type === 'array') return `(${typeText(schema['items'])})[]`
  if (type === 'object') return objectText(schema)
  return type === 'integer' ? 'number' : type
}

function objectText(schema: JsonObject): string {
  const properties = Object.entries(objectOf(schema['properties']))
  if (properties.length > 0) return membersText(properties, listOf(schema['required']).map(String))
  const others = schema['additionalProperties']
  return `{ [name: string]: ${others === false ? 'never' : typeText(others)} }`
}

function membersText(properties: readonly [string, Json][], required: readonly string[]): string {
  const members = properties.map(([name, schema]) => {
    const mark = required.includes(name) ? '' : '?'
    return `${commentText(describedBy(schema))}${memberName(name)}${mark}: ${typeText(schema)}`
  })
  return `{\n${members.join('\n')}\n}`
}

/** A member's name as it stands in a type or an object literal. */
export function memberName(name: string): string {
  return PLAIN_NAME.test(name) ? name : JSON.stringify(name)
}

function describedBy(schema: Json): string[] {
  if (!isJsonObject(schema)) return []
  const { description, deprecated, examples } = schema
  const example = listOf(examples)[0]
  return [
    ...(typeof description === 'string' ? [description] : []),
    ...(example === undefined || typeof example === 'object' ? [] : [`Example: \`${String(example)}\``]),
    ...(deprecated === true ? [`@deprecated ${String(schema['x-deprecation'] ?? 'It will go.')}`] : []),
  ]
}

/** A doc comment of these paragraphs, wrapped; empty where there are none. */
export function commentText(paragraphs: readonly string[]): string {
  const lines = paragraphs
    .flatMap((paragraph, index) => [...(index === 0 ? [] : ['']), ...paragraph.split('\n').flatMap(wrapped)])
    // A description that ends the comment early would become code.
    .map((line) => line.replaceAll('*/', '* /'))
  if (lines.length === 0) return ''
  if (lines.length === 1) return `/** ${lines[0] ?? ''} */\n`
  return `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`
}

function wrapped(text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > COMMENT_WIDTH) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
