import type { SettingSchema } from '../../hub/contracts/connector.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import type { HttpRequest } from '../shared/http.ts'
import type { JsonPath } from '../shared/json-path.ts'
import { pointerTo } from '../shared/settings.ts'
import { isPlainObject, scalarText } from './raw-json.ts'
import {
  type JsonTemplate,
  jsonOf,
  type Lookup,
  parseJson,
  parseText,
  pathOf,
  placesOf,
  type TextTemplate,
  textOf,
} from './template.ts'

/** A request of the settings, ready to be filled in. */
export interface RequestTemplate {
  method: string
  path: TextTemplate
  query: [string, TextTemplate][]
  headers: [string, TextTemplate][]
  body: JsonTemplate | undefined
  isForm: boolean
  /** All placeholders in it. */
  places: JsonPath[]
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** The members that every request of the settings has. @param method the default */
export function requestProperties(method: string, placeholders: string): Record<string, SettingSchema> {
  return {
    method: { type: 'string', enum: METHODS, default: method, title: 'Method', description: 'HTTP method.' },
    path: {
      type: 'string',
      title: 'Path',
      description: `Below baseUrl, as /contacts. Placeholders: ${placeholders}. Their values are percent-encoded.`,
    },
    query: {
      type: 'object',
      title: 'Query',
      description: 'Parameters by name. One that is a placeholder without a value is left out.',
    },
    headers: { type: 'object', title: 'Headers', description: 'Headers by name, besides those of the settings.' },
    body: {
      type: 'object',
      title: 'Body',
      description: 'JSON body. A member that is a placeholder has its value, of any type, and is left out without one.',
    },
    encoding: {
      type: 'string',
      enum: ['json', 'form'],
      default: 'json',
      title: 'Encoding',
      description: 'form: the body is sent as application/x-www-form-urlencoded, with a[b] for what nests.',
    },
  }
}

/**
 * @param given checked against requestProperties
 * @param names first names of the placeholders that have a meaning in it
 * @param where JSON pointer of `given`
 */
export function parseRequest(given: JsonObject, names: readonly string[], where: string): RequestTemplate {
  const method = String(given.method)
  const path = parseText(String(given.path), names, `${where}/path`)
  const query = textMembers(given.query, names, `${where}/query`)
  const headers = textMembers(given.headers, names, `${where}/headers`)
  for (const [name] of headers) {
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) {
      throw settingsError('This is no name of a header.', { where: pointerTo(`${where}/headers`, name) })
    }
  }
  if (given.body !== undefined && method === 'GET') {
    throw settingsError('A GET request has no body.', { where: `${where}/body`, fix: 'Use query, or method: POST.' })
  }
  const body = given.body === undefined ? undefined : parseJson(given.body, names, `${where}/body`)
  const templates = [path, ...[...query, ...headers].map(([, text]) => text), ...(body === undefined ? [] : [body])]
  return { method, path, query, headers, body, isForm: given.encoding === 'form', places: templates.flatMap(placesOf) }
}

export function textMembers(
  given: Json | undefined,
  names: readonly string[],
  where: string,
): [string, TextTemplate][] {
  return Object.entries((given ?? {}) as JsonObject).map(([name, value]) => {
    const text = scalarText(value)
    const at = pointerTo(where, name)
    if (text === undefined) throw settingsError(`"${name}" must be a text, a number or a boolean.`, { where: at })
    return [name, parseText(text, names, at)]
  })
}

/** @param body what is sent where the template has no body of its own */
export function requestOf(template: RequestTemplate, lookup: Lookup, body?: Json): HttpRequest {
  const { method, isForm } = template
  const texts = (members: [string, TextTemplate][]): Record<string, string> => {
    const values = members.map(([name, text]) => [name, textOf(text, lookup)] as const)
    return Object.fromEntries(values.filter((member): member is [string, string] => member[1] !== undefined))
  }
  const query = texts(template.query)
  const headers = texts(template.headers)
  const content = template.body === undefined ? body : jsonOf(template.body, lookup)
  const request = { method, path: pathOf(template.path, lookup), query }
  if (content === undefined || method === 'GET') return { ...request, headers }
  const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json'
  const named = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  return {
    ...request,
    headers: named ? headers : { ...headers, 'content-type': type },
    body: isForm ? formText(content) : JSON.stringify(content),
  }
}

/** `a=1&b[c]=2&d[0]=3`, as Rails, PHP and Stripe read it. null is sent as empty text. */
export function formText(content: Json): string {
  const fields = new URLSearchParams()
  const add = (name: string, value: Json): void => {
    const text = value === null ? '' : scalarText(value)
    if (text !== undefined) return fields.append(name, text)
    if (Array.isArray(value)) value.forEach((item, place) => add(`${name}[${place}]`, item))
    else if (isPlainObject(value)) for (const [inner, member] of Object.entries(value)) add(`${name}[${inner}]`, member)
  }
  if (isPlainObject(content)) for (const [name, value] of Object.entries(content)) add(name, value)
  return fields.toString()
}
