/** What is wrong with an answer; nothing, mostly. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { refusalsOf } from '../../../hub/api/openapi/refusals.ts'
import { SCHEMA_FORMATS } from '../../../hub/contracts/schema-formats.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../hub/contracts/json.ts'
import { MASK } from '../../../hub/security/masking.ts'
import { ROOT } from '../../../scripts/checks.ts'
import { SENTINELS } from './company.ts'
import type { FuzzOperation } from './operations.ts'
import type { Caller, FuzzRequest } from './requests.ts'
import { addressOf, type FuzzAnswer } from './send.ts'

export interface JudgeOptions {
  operations: readonly FuzzOperation[]
  schemas: Readonly<Record<string, JsonObject>>
  /** What no answer may show: keys, passwords. */
  secrets: readonly string[]
  /** Who does not see the fields that hold the sentinels. */
  masked: ReadonlySet<Caller>
}

const PROBLEM = 'application/problem+json'
/** Codes bring members of their own: problems are not closed. */
const PROBLEM_SCHEMA: JsonObject = { anyOf: [{ $ref: '#/components/schemas/problem' }] }
/** What Node and the router answer before there is an operation. */
const ANYWHERE = [400, 404, 405, 408, 413, 414, 415, 431]

/** Words of the hub's inside that no caller should ever read. */
const INSIDES: readonly RegExp[] = [
  /node_modules/,
  /\bat (?:async )?[\w.<> ]+ \((?:file:|\/|node:)/,
  /\bnode:internal\b/,
  /[\w-]\.[jt]s:\d+/,
  /syntax error at or near/i,
  /violates (?:foreign|unique|check|not-null|exclusion)/i,
  /duplicate key value|relation "|invalid input syntax|invalid byte sequence|pg_catalog|SQLSTATE/i,
  /\b(?:TypeError|RangeError|ReferenceError|SyntaxError)\b/,
  /Cannot read properties of|is not a function|is not iterable|\[object Object\]/,
  /ENOENT|EACCES|hub\.internal/,
]

export class Judge {
  readonly #options: JudgeOptions
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true })
  readonly #validators = new Map<JsonObject, ValidateFunction>()
  readonly #codes: ReadonlySet<string>
  readonly #tables: RegExp

  constructor(options: JudgeOptions) {
    this.#options = options
    addFormats.default(this.#ajv)
    for (const [name, { accepts }] of Object.entries(SCHEMA_FORMATS)) this.#ajv.addFormat(name, accepts)
    for (const [name, schema] of Object.entries(options.schemas)) {
      this.#ajv.addSchema(local(schema) as JsonObject, name)
    }
    const catalogue = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8')
    this.#codes = new Set([...catalogue.matchAll(/^\| `([\w.-]+)`/gm)].map(([, code]) => code ?? ''))
    this.#tables = tableNames()
  }

  /** Sentences; none: the answer is right. */
  faults(request: FuzzRequest, answer: FuzzAnswer): string[] {
    // What is no HTTP is answered before its method is known: with a body, which an answer to HEAD never has.
    if (request.method === 'HEAD' && answer.failure === 'HPE_CLOSED_CONNECTION') return []
    if (answer.failure !== undefined) return [`no whole answer: ${answer.failure}`]
    const operation = this.#reached(request)
    return [
      ...this.#status(request, answer, operation),
      ...headerFaults(answer),
      ...this.#leaks(request, answer, operation),
      ...this.#body(request, answer, operation),
    ]
  }

  /** The operation that the request is one of; undefined: its method makes it none. */
  #reached(request: FuzzRequest): FuzzOperation | undefined {
    const { operation, method } = request
    if (method === operation.method && !request.broken.includes('path value')) return operation
    const wanted = method === 'HEAD' ? 'GET' : method
    const [address = ''] = addressOf(request).split('?')
    const fits = ({ path, method: own }: FuzzOperation): boolean =>
      own === wanted && new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]*')}$`).test(address)
    return this.#options.operations.find(fits)
  }

  #status(request: FuzzRequest, { status, text }: FuzzAnswer, operation: FuzzOperation | undefined): string[] {
    const told = `${status} ${text.slice(0, 300)}`
    if (operation === undefined)
      return ANYWHERE.includes(status) ? [] : [`no operation has this address and method, yet: ${told}`]
    const { answers } = operation.spec
    const declared = Object.keys(answers).map(Number)
    const implied = Object.keys(refusalsOf(operation.spec))
      .map(Number)
      .filter((one) => one < 500)
    // Whatever a connector answers for its system is the system's.
    if (operation.spec.authentication === 'connector' && (status < 500 || isFault(text))) return []
    // A value such as `.` or one with a slash may name another address.
    const odd = request.broken.includes('path value') ? ANYWHERE : []
    return [...declared, ...implied, ...odd, 414, 431].includes(status) ? [] : [`${operation.id} declares no ${told}`]
  }

  #leaks({ caller }: FuzzRequest, { text, headers }: FuzzAnswer, operation: FuzzOperation | undefined): string[] {
    const type = String(headers['content-type'])
    const whole = `${JSON.stringify(headers)}\n${text}`
    const secrets = this.#options.secrets
      .filter((secret) => whole.includes(secret))
      .map(() => 'the answer shows a secret')
    const unseen = this.#options.masked.has(caller) ? SENTINELS.filter((one) => whole.includes(one)) : []
    // The documents describe the hub to everybody.
    const words =
      type.startsWith('text/html') || text.startsWith('{"openapi"') || text.startsWith('{"asyncapi"') ? [] : INSIDES
    const insides = words.map((word) => word.exec(whole)?.[0]).filter((found) => found !== undefined)
    // The proof of an erasure counts what is gone from each table, for those who may erase.
    const mayName = words.length === 0 || operation?.path.includes('erasure') === true
    const table = mayName ? undefined : this.#tables.exec(whole)?.[0]
    return [
      ...secrets,
      ...unseen.map((one) => `the role ${caller} is shown ${one}`),
      ...insides.map((found) => `the answer shows the inside: ${found}`),
      ...(table === undefined ? [] : [`the answer names the table ${table}`]),
    ]
  }

  #body(request: FuzzRequest, answer: FuzzAnswer, operation: FuzzOperation | undefined): string[] {
    const { status, headers, text } = answer
    const type = String(headers['content-type'] ?? '')
    if (request.method === 'HEAD' || status === 304 || status === 204)
      return text === '' ? [] : ['an answer without body has one']
    if (type.startsWith(PROBLEM)) return this.#problem(answer)
    const isConnector = operation?.spec.authentication === 'connector'
    const told = operation?.spec.answers[status]
    if (status >= 400 && !isConnector && told?.schema === undefined && told?.type === undefined)
      return [`an error of the type ${type}: ${text.slice(0, 200)}`]
    if (operation === undefined || isConnector) return []
    // Part of a file is part of its lines.
    if (status === 206) return []
    const content = operation.responses[String(status)]?.content ?? {}
    const [[declaredType, { schema }] = ['', { schema: {} }]] = Object.entries(content)
    if (declaredType === '') return []
    const short = declaredType.split(';')[0] ?? ''
    if (!type.startsWith(short)) return [`${operation.id} declares ${declaredType} and answers ${type}`]
    if (short === 'application/x-ndjson') {
      return text
        .split('\n')
        .filter((line) => line !== '')
        .flatMap((line) => this.#fits(schema, line, operation.id))
        .slice(0, 1)
    }
    if (!short.endsWith('json')) return []
    // Records of consents come in the place of the customer's own, which the document says in words.
    if (request.query.some(([name, value]) => name === 'include' && value.includes('consents'))) return []
    // Whoever names the members that he wants gets no others, needed or not.
    const isPart = request.query.some(([name]) => name === 'fields')
    return this.#fits(schema, text, operation.id, isPart ? ['required'] : [])
  }

  #problem({ status, headers, text }: FuzzAnswer): string[] {
    const faults = this.#fits(PROBLEM_SCHEMA, text, 'problem')
    if (faults.length > 0) return faults
    const problem = JSON.parse(text) as JsonObject
    const code = String(problem['code'])
    return [
      ...(problem['status'] === status ? [] : [`the problem says ${String(problem['status'])}, the answer ${status}`]),
      ...(this.#codes.has(code) ? [] : [`the catalogue has no code ${code}`]),
      ...(problem['type'] === `urn:omnihub:problem:${code}`
        ? []
        : [`the type of ${code} is ${String(problem['type'])}`]),
      ...(headers['content-type'] === PROBLEM ? [] : [`the problem has the type ${String(headers['content-type'])}`]),
      ...(status === 401 && headers['www-authenticate'] === undefined ? ['401 without WWW-Authenticate'] : []),
      ...(status === 405 && headers.allow === undefined ? ['405 without Allow'] : []),
    ]
  }

  #fits(schema: JsonObject, text: string, of: string, ignored: readonly string[] = []): string[] {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return [`${of} answers with what is no JSON: ${text.slice(0, 100)}`]
    }
    const known = this.#validators.get(schema)
    const validate = known ?? this.#ajv.compile(local(closed(schema, this.#options.schemas)) as JsonObject)
    if (known === undefined) this.#validators.set(schema, validate)
    if (validate(value)) return []
    const error = (validate.errors ?? []).find(
      ({ instancePath, keyword }) => !ignored.includes(keyword) && valueAt(value as Json, instancePath) !== MASK,
    )
    if (error === undefined) return []
    const { instancePath, message = '', params } = error
    return [`${of} answers what it does not declare: ${instancePath} ${message} ${JSON.stringify(params)}`]
  }
}

/** SOAP 1.1 wants 500 for what is the caller's fault too. */
function isFault(text: string): boolean {
  return (
    /<\w+:Fault>/.test(text) &&
    /<faultcode[^>]*>[\w:]*Client|<\w+:Sender|FailedAuthentication|InvalidSecurity/.test(text)
  )
}

/** By a JSON pointer. */
function valueAt(value: Json, pointer: string): Json | undefined {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  return steps.reduce<Json | undefined>((at, step) => (at as Record<string, Json> | null)?.[step], value)
}

function headerFaults({ headers, status }: FuzzAnswer): string[] {
  const policy = String(headers['content-security-policy'])
  const faults = [
    headers['x-content-type-options'] === 'nosniff' ? '' : 'no X-Content-Type-Options',
    headers['cache-control'] === undefined ? 'no Cache-Control' : '',
    policy.includes("frame-ancestors 'none'") ? '' : 'no policy against frames',
    typeof headers['x-request-id'] === 'string' ? '' : 'no X-Request-Id',
    headers['x-powered-by'] === undefined && headers.server === undefined ? '' : 'names what it is made of',
    status >= 300 && status < 400 && status !== 304 ? 'redirects' : '',
  ]
  return faults.filter((fault) => fault !== '')
}

/** As the document has it, but with no members beside those that it names: what is not told of must not be there. */
function closed(schema: JsonObject, schemas: JudgeOptions['schemas']): JsonObject {
  const { $ref: reference, allOf } = schema
  if (typeof reference === 'string') {
    const whole = schemas[reference.replace('#/components/schemas/', '')] ?? {}
    return whole['properties'] === undefined ? schema : { ...whole, additionalProperties: false }
  }
  if (!Array.isArray(allOf))
    return schema['properties'] === undefined ? schema : { ...schema, additionalProperties: false }
  const parts = (allOf as JsonObject[]).map((part) => closed(part, schemas))
  const properties = Object.assign({}, ...parts.map((part) => part['properties'])) as JsonObject
  const required = parts.flatMap((part) => (part['required'] ?? []) as string[])
  return { type: 'object', properties, required, additionalProperties: false }
}

/** References to the document's components, as names that the validator knows. */
function local(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(local)
  if (!isJsonObject(schema)) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]): [string, Json] => [
      name,
      name === '$ref' && typeof value === 'string' ? value.replace('#/components/schemas/', '') : local(value),
    ]),
  )
}

/** Names that only the database has: two words with an underscore. */
function tableNames(): RegExp {
  const schema = readFileSync(join(ROOT, 'hub/store/schema.sql'), 'utf8')
  const names = [...schema.matchAll(/CREATE TABLE (?:public\.)?(\w+)/gi)].map(([, name]) => name ?? '')
  return new RegExp(`\\b(?:${names.filter((name) => name.includes('_')).join('|')})\\b`)
}
