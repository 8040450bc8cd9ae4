import type { Json } from '../../../contracts/json.ts'
import type { OperationSpec } from '../../operations/operation.ts'

/** A request as somebody would send it. */
export interface ShownRequest {
  path: Readonly<Record<string, string>>
  query: Readonly<Record<string, string>>
  headers: Readonly<Record<string, string>>
  contentType: string | undefined
  /** A text is sent as it is, anything else as JSON. */
  body: Json | undefined
}

/** Path and query, escaped. */
export function addressOf(spec: OperationSpec, { path, query }: ShownRequest): string {
  const filled = spec.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''))
  const asked = Object.entries(query).map(
    ([name, value]) => `${name}=${encodeURIComponent(value).replaceAll('%2C', ',')}`,
  )
  return asked.length === 0 ? filled : `${filled}?${asked.join('&')}`
}

/** For a shell, with the address of the hub in OMNIHUB_URL and a key in OMNIHUB_KEY. */
export function curlText(spec: OperationSpec, request: ShownRequest): string {
  const flags = [
    spec.method === 'GET' ? '' : `-X ${spec.method} `,
    spec.endless === true ? '-N ' : '',
    `"$OMNIHUB_URL${addressOf(spec, request)}"`,
  ].join('')
  const headers = [
    ...(spec.permission === 'public' ? [] : ['"Authorization: Bearer $OMNIHUB_KEY"']),
    ...Object.entries(request.headers).map(([name, value]) => quoted(`${headerName(name)}: ${value}`)),
    ...(request.contentType === undefined ? [] : [quoted(`Content-Type: ${request.contentType}`)]),
  ].map((header) => `-H ${header}`)
  const { body } = request
  const text = typeof body === 'string' ? body : JSON.stringify(body, null, 2)
  // A text keeps its line ends; curl would drop those of --data.
  const data = body === undefined ? [] : [`${typeof body === 'string' ? '--data-binary' : '-d'} ${quoted(text)}`]
  return [`curl ${flags}`, ...headers, ...data].join(' \\\n  ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** `if-match` -> `If-Match`. */
function headerName(name: string): string {
  return name.replaceAll(/(^|-)(\w)/g, (_, dash: string, letter: string) => dash + letter.toUpperCase())
}

/** With the client of clients/typescript, as `hub`; undefined: nobody would call this by it. */
export function typescriptText(spec: OperationSpec, request: ShownRequest): string | undefined {
  if (spec.tag === 'SOAP' || spec.path.startsWith('/v1/hooks')) return undefined
  const call = `hub.${spec.id}(${callArguments(spec, request)})`
  const type = goodAnswer(spec)
  if (type === 'text/event-stream') return `for await (const event of ${call}) console.log(event.type, event.subject)`
  if (type !== undefined && /ndjson/.test(type)) return `for await (const line of ${call}) console.log(line)`
  if (spec.query?.['cursor'] !== undefined) return `for await (const item of ${call}) console.log(item)`
  return type === undefined ? `await ${call}` : `const answer = await ${call}`
}

function callArguments(spec: OperationSpec, { path, query, headers, body }: ShownRequest): string {
  const { 'idempotency-key': idempotencyKey, 'if-none-match': ifNoneMatch, prefer, ...others } = headers
  const wait = /wait=(\d+)/.exec(prefer ?? '')?.[1]
  const members: [string, unknown][] = [
    ...Object.entries(path).map(([name, value]): [string, unknown] => [name, typed(spec.params?.[name], value)]),
    ...Object.entries(query).map(([name, value]): [string, unknown] => [name, typed(spec.query?.[name], value)]),
    ...Object.entries(others).map(([name, value]): [string, unknown] => [camel(name), value]),
    ...(wait === undefined ? [] : [['waitSeconds', Number(wait)] as [string, unknown]]),
    ...(body === undefined ? [] : [['body', body] as [string, unknown]]),
  ]
  const options = Object.entries({ idempotencyKey, ifNoneMatch }).filter(([, value]) => value !== undefined)
  const first = members.length === 0 ? '' : literal(Object.fromEntries(members))
  if (options.length === 0) return first
  return `${first === '' ? '{}' : first}, ${literal(Object.fromEntries(options))}`
}

function typed(spec: { type: string; list?: boolean } | undefined, value: string): unknown {
  if (spec?.list === true) return value.split(',')
  if (spec?.type === 'integer') return Number(value)
  return spec?.type === 'boolean' ? value === 'true' : value
}

function camel(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

const WIDTH_MAX = 90

/** A value as TypeScript writes it: plain names without quotes, what is short on one line. */
function literal(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return scalarText(value)
  const isList = Array.isArray(value)
  const inner = `${indent}  `
  const parts = isList
    ? value.map((one) => literal(one, inner))
    : Object.entries(value).map(
        ([name, one]) => `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : scalarText(name)}: ${literal(one, inner)}`,
      )
  if (parts.length === 0) return isList ? '[]' : '{}'
  const line = isList ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`
  if (line.length + indent.length <= WIDTH_MAX && !line.includes('\n')) return line
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  return `${open}\n${parts.map((part) => `${inner}${part},`).join('\n')}\n${indent}${close}`
}

function scalarText(value: unknown): string {
  if (typeof value !== 'string') return String(value)
  return value.includes("'") || value.includes('\n') || value.includes('\\') ? JSON.stringify(value) : `'${value}'`
}

/** The media type of the first answer below 300. */
function goodAnswer(spec: OperationSpec): string | undefined {
  const answer = Object.entries(spec.answers).find(([status]) => status.startsWith('2'))?.[1]
  return answer?.type ?? (answer?.schema === undefined ? undefined : 'application/json')
}
