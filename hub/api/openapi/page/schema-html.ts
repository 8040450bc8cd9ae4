import { type JsonObject, objectOf } from '../../../contracts/json.ts'
import { escape, inline, list, paragraphs } from './html.ts'

const DEPTH_MAX = 1

/** The type of a schema in a few words, with links to schemas that have a name. */
export function typeText(schema: JsonObject): string {
  const reference = schema['$ref']
  if (typeof reference === 'string') {
    const name = reference.split('/').at(-1) ?? ''
    return `<a href="#schema-${escape(name)}">${escape(name)}</a>`
  }
  if (schema['type'] === 'array') return `list of ${typeText(objectOf(schema['items']))}`
  const choices = list(schema['enum'])
  if (choices.length > 0) return choices.map((choice) => `<code>${escape(choice)}</code>`).join(' ')
  const alternatives = [...list(schema['oneOf']), ...list(schema['anyOf'])]
    .map((one) => typeText(objectOf(one)))
    .filter((text) => text !== 'any')
  if (alternatives.length > 0) return alternatives.join(' or ')
  const parts = list(schema['allOf']).map((one) => typeText(objectOf(one)))
  if (parts.length > 0) return parts.filter((text) => text !== 'any').join(' with ')
  if (schema['const'] !== undefined) return `<code>${escape(schema['const'])}</code>`
  const type = Array.isArray(schema['type']) ? schema['type'].join(' or ') : (schema['type'] ?? 'any')
  return `${escape(type)}${boundsText(schema)}`
}

function boundsText(schema: JsonObject): string {
  const { format, minimum, maximum, default: standard } = schema
  const said = [
    ...(format === undefined ? [] : [escape(format)]),
    ...(minimum === undefined && maximum === undefined ? [] : [rangeText(minimum, maximum)]),
    ...(standard === undefined ? [] : [`default <code>${escape(standard)}</code>`]),
  ]
  return said.length === 0 ? '' : ` <small>${said.join(', ')}</small>`
}

function rangeText(minimum: JsonObject[string] | undefined, maximum: JsonObject[string] | undefined): string {
  if (maximum === undefined || maximum === Number.MAX_SAFE_INTEGER) return `from ${escape(minimum)}`
  return minimum === undefined ? `up to ${escape(maximum)}` : `${escape(minimum)} to ${escape(maximum)}`
}

/** The members of an object, or of the objects in a list, two levels deep at most: the rest has a name to follow. */
export function members(schema: JsonObject, depth = 0): string {
  const inner = schema['type'] === 'array' ? objectOf(schema['items']) : schema
  const whole = [inner, ...list(inner['allOf']).map(objectOf)]
  const properties = whole.flatMap((part) => Object.entries(objectOf(part['properties'])))
  if (properties.length === 0 || depth > DEPTH_MAX) return ''
  const required = whole.flatMap((part) => list(part['required']))
  const rows = properties.map(([name, member]) => {
    const { deprecated, description } = objectOf(member)
    const mark = required.includes(name) ? ' <i>always</i>' : ''
    const going = deprecated === true ? ' <i class="going">deprecated</i>' : ''
    const type = `<span class="type">${typeText(objectOf(member))}</span>`
    const text = inline(description)
    const inside = members(objectOf(member), depth + 1)
    return `<li><code>${escape(name)}</code>${mark}${going} ${type}${text === '' ? '' : `<br>${text}`}${inside}</li>`
  })
  return `<ul class="members">${rows.join('')}</ul>`
}

export function schemaSection(name: string, schema: JsonObject): string {
  return `<article id="schema-${escape(name)}"><div class="text"><h3>${escape(name)}</h3>${paragraphs(schema['description'])}<p>${typeText(schema)}</p>${members(schema)}</div></article>`
}
