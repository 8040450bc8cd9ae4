import type { FastifyInstance } from 'fastify'
import type { HubError } from '../../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import { type MessagePlan, WAIT } from './message-plan.ts'
import { soapError } from './soap-error.ts'

/** The request of REST that a message asks for. */
export interface RestRequest {
  url: string
  headers: Record<string, string>
  payload?: string
}

export interface RestAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  /** undefined where there is none. */
  body: Json | undefined
}

/**
 * Turns the elements of a message into the request that REST callers would send. Values are checked by the operation itself,
 * as theirs are; here only what would make another request of it.
 */
export function restRequest(plan: MessagePlan, values: JsonObject): RestRequest {
  const { spec, places } = plan
  let { path } = spec
  const query = new URLSearchParams()
  const headers: Record<string, string> = {}
  const members: [string, Json][] = []
  let record: Json | undefined
  for (const { name, element } of plan.request.members) {
    const value = values[name]
    if (value === undefined) continue
    const place = places.get(element)
    const where = `/${plan.name}/${element}`
    if (place === 'path') path = path.replace(`{${name}}`, () => segment(String(value), where))
    else if (place === 'query') query.set(name, Array.isArray(value) ? listText(value, where) : String(value))
    else if (place === 'header')
      headers[name] = element === WAIT ? `wait=${String(value)}` : headerText(String(value), where)
    else if (place === 'body') record = value
    else members.push([name, value])
  }
  const url = query.size === 0 ? path : `${path}?${query.toString()}`
  const body = bodyOf(plan, record, members)
  if (body === undefined) return { url, headers }
  return { url, headers: { ...headers, 'content-type': typeOf(plan) }, payload: JSON.stringify(body) }
}

function bodyOf({ spec }: MessagePlan, record: Json | undefined, members: [string, Json][]): Json | undefined {
  if (spec.body === undefined) return undefined
  if (record === undefined && members.length === 0) return spec.body.required === false ? undefined : {}
  if (members.length === 0) return record
  return { ...(isJsonObject(record ?? null) ? (record as JsonObject) : {}), ...Object.fromEntries(members) }
}

function typeOf({ spec }: MessagePlan): string {
  const types = spec.body?.types ?? []
  return types.find((type) => type === 'application/json') ?? types[0] ?? 'application/json'
}

/** As one part of an address: `.` and `..` would lead to another one, whatever they are escaped as. */
function segment(value: string, where: string): string {
  if (value === '' || value === '.' || value === '..' || !value.isWellFormed()) throw invalid(where, 'is no name')
  return encodeURIComponent(value)
}

function listText(values: readonly Json[], where: string): string {
  const texts = values.map(String)
  if (texts.some((value) => value.includes(','))) throw invalid(where, 'must not have a comma in it')
  return texts.join(',')
}

function headerText(value: string, where: string): string {
  if (!/^[\x20-\x7E]{1,1024}$/.test(value)) throw invalid(where, 'must be 1 to 1,024 characters of ASCII')
  return value
}

function invalid(where: string, what: string): HubError {
  return soapError('soap.value.invalid', `The element ${what}.`, { where })
}

/** Sends the request to the operation in this process: gate, limits, audit, rules and masking are the very same. */
export async function dispatch(
  server: FastifyInstance,
  { spec }: MessagePlan,
  { url, headers, payload }: RestRequest,
  caller: Readonly<Record<string, string>>,
): Promise<RestAnswer> {
  const answer = await server.inject({
    method: spec.method,
    url,
    headers: { ...headers, ...caller },
    ...(payload === undefined ? {} : { payload }),
  })
  const isJson = /^application\/([\w.-]+\+)?json\b/.test(String(answer.headers['content-type'] ?? ''))
  return {
    status: answer.statusCode,
    headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)])),
    body: isJson && answer.payload !== '' ? (JSON.parse(answer.payload) as Json) : undefined,
  }
}
