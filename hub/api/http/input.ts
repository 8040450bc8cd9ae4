import { Readable } from 'node:stream'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { FastifyRequest } from 'fastify'
import { HubError } from '../../contracts/hub-error.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { UUID } from '../../contracts/uuid.ts'
import { nearestName } from '../../mapping/document/config-error.ts'
import type { Principal } from '../../security/key-verifier.ts'
import type { OperationSpec, ParamSpec, ParamsOf, QueryOf } from '../operations/operation.ts'
import { parseJsonBody } from './json-guard.ts'

/** A request as a handler gets it: everything in it was checked against the operation's declaration. */
export interface Input<Spec = OperationSpec> {
  params: ParamsOf<Spec>
  query: QueryOf<Spec>
  /** The JSON body where the operation has a schema for it; undefined where none was sent. */
  body: Json | undefined
  /** The bytes as they came. */
  raw: Buffer
  /** The bytes as they come, of operations whose body is a stream. */
  stream: Readable | null
  headers: FastifyRequest['headers']
  /** Null for public operations. */
  principal: Principal | null
  requestId: string
  /** Notes in the audit trail which records an answer holds beside those that the path names. */
  found(ids: readonly string[]): void
}

const NO_BYTES = Buffer.alloc(0)
const TEXT_LENGTH_MAX = 2_048

// strictRequired would want the members of an alternative declared in it once more.
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: false, allowUnionTypes: true })

/** The reader of one operation's requests; it throws a HubError that names the parameter or the pointer at fault. */
export function inputReader(spec: OperationSpec): (request: FastifyRequest, principal: Principal | null) => Input {
  const query = spec.anyQuery === true ? () => ({}) : paramsReader(spec.query ?? {}, 'query')
  const params = paramsReader(spec.params ?? {}, 'path')
  const body = bodyReader(spec)
  return (request, principal) => {
    const raw = Buffer.isBuffer(request.body) ? request.body : NO_BYTES
    return {
      params: params(request.params as Record<string, unknown>),
      query: query(request.query as Record<string, unknown>),
      body: body(raw),
      raw,
      stream: spec.body?.stream === true && request.body instanceof Readable ? request.body : null,
      headers: request.headers,
      principal,
      requestId: request.id,
      found: noted,
    }
  }
}

function noted(): void {
  // An operation without personal data, or a hub without an audit trail: nothing to note.
}

type Place = 'query' | 'path'
type Values = Record<string, string | number | boolean | (string | number | boolean)[]>

function paramsReader(
  specs: Readonly<Record<string, ParamSpec>>,
  place: Place,
): (given: Record<string, unknown>) => Values {
  const names = Object.keys(specs)
  const declared = Object.entries(specs)
  return (given) => {
    const values: Values = {}
    for (const name in given) if (!Object.hasOwn(specs, name)) throw unknownParam(name, names)
    for (const [name, spec] of declared) {
      const value = given[name]
      if (value === undefined) {
        if (spec.default !== undefined) values[name] = spec.default
        else if (spec.required === true) throw missingParam(name)
        continue
      }
      if (typeof value !== 'string') {
        const fix = spec.list === true ? 'Separate the values by commas.' : 'Send it once.'
        throw new HubError({
          code: 'request.query.repeated',
          family: 'reject',
          status: 400,
          message: `The parameter \`${name}\` is there more than once.`,
          where: `?${name}`,
          fix,
        })
      }
      values[name] =
        spec.list === true
          ? value.split(',').map((one) => readScalar(name, spec, one, place))
          : readScalar(name, spec, value, place)
    }
    return values
  }
}

function readScalar(name: string, spec: ParamSpec, text: string, place: Place): string | number | boolean {
  const wrong = (must: string): never => {
    throw new HubError({
      code: place === 'query' ? 'request.query.invalid' : 'request.path.invalid',
      family: 'reject',
      status: 400,
      message: `The parameter \`${name}\` must be ${must}.`,
      where: place === 'query' ? `?${name}` : `{${name}}`,
    })
  }
  if (spec.type === 'integer') {
    const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = spec
    const value = /^-?\d{1,16}$/.test(text) ? Number(text) : NaN
    return value >= minimum && value <= maximum ? value : wrong(`a whole number from ${minimum} to ${maximum}`)
  }
  if (spec.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : wrong('`true` or `false`')
  if (spec.enum !== undefined && !spec.enum.includes(text)) return wrong(`one of ${spec.enum.join(', ')}`)
  const { maxLength = TEXT_LENGTH_MAX } = spec
  if (text === '' || text.length > maxLength) return wrong(`a text of 1 to ${maxLength} characters`)
  if (text.includes('\0') || !text.isWellFormed()) return wrong('a text without NUL characters')
  if (spec.format === 'uuid') return UUID.test(text) ? text.toLowerCase() : wrong('a UUID')
  if (spec.format === 'date' && !isDay(text)) return wrong('a day, such as 2026-03-14')
  if (spec.format === 'date-time' && !isMoment(text)) return wrong('a moment as RFC 3339 writes it')
  return text
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text
}

function isMoment(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))
}

function unknownParam(name: string, known: readonly string[]): HubError {
  const shown = name.slice(0, 60)
  const nearest = nearestName(shown, known)
  const all = known.length === 0 ? 'This operation takes no parameters.' : `It takes: ${known.join(', ')}.`
  return new HubError({
    code: 'request.query.unknown',
    family: 'reject',
    status: 400,
    message: 'This operation has no parameter of this name.',
    where: `?${shown}`,
    fix: nearest === undefined ? all : `Did you mean \`${nearest}\`? ${all}`,
  })
}

function missingParam(name: string): HubError {
  return new HubError({
    code: 'request.query.missing',
    family: 'reject',
    status: 400,
    message: `The parameter \`${name}\` is missing.`,
    where: `?${name}`,
  })
}

function bodyReader(spec: OperationSpec): (raw: Buffer) => Json | undefined {
  const schema = spec.body?.schema
  if (schema === undefined || spec.body?.stream === true) return () => undefined
  const check = ajv.compile(schema as JsonObject)
  return (raw) => {
    if (raw.length === 0) {
      if (spec.body?.required === false) return undefined
      throw badBody('request.body.missing', 'This operation needs a body.', '')
    }
    const body = parseJsonBody(raw)
    if (!check(body)) throw violation(check)
    return body
  }
}

function violation(check: ValidateFunction): HubError {
  const [error] = check.errors ?? []
  const params = (error?.params ?? {}) as Record<string, unknown>
  const name = params['missingProperty'] ?? params['additionalProperty']
  const pointer = `${error?.instancePath ?? ''}${typeof name === 'string' ? `/${name.slice(0, 60)}` : ''}`
  const must =
    error?.keyword === 'additionalProperties' || error?.keyword === 'unevaluatedProperties'
      ? 'is not a member of this body'
      : error?.keyword === 'required'
        ? 'is missing'
        : (error?.message ?? 'is wrong')
  const choices = Array.isArray(params['allowedValues']) ? `: ${params['allowedValues'].join(', ')}` : ''
  return badBody('request.body.invalid', `\`${pointer}\` ${must}${choices}.`, pointer, 422)
}

function badBody(code: string, message: string, where: string, status = 400): HubError {
  return new HubError({ code, family: 'reject', status, message, where })
}
