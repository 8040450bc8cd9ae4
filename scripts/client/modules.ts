/** The generated modules of the TypeScript client, as text that is still to be formatted. */
import { type Json, type JsonObject, objectOf } from '../../hub/contracts/json.ts'
import { type ClientOperation, readOperations } from './read-operations.ts'
import { commentText, memberName, typeName, typeText } from './schema-types.ts'

export interface ClientSource {
  openApi: JsonObject
  asyncApi: JsonObject
  errorCodes: readonly string[]
}

/** Each generated file by its name. */
export function clientModules({ openApi, asyncApi, errorCodes }: ClientSource): Record<string, string> {
  const operations = readOperations(openApi)
  const schemas = objectOf(objectOf(openApi['components'])['schemas'])
  const eventSchemas = objectOf(objectOf(asyncApi['components'])['schemas'])
  return {
    'schemas.ts': schemasModule(schemas),
    'events.ts': eventsModule(eventSchemas, schemas),
    'error-codes.ts': codesModule(errorCodes),
    'types.ts': typesModule(operations, schemas),
    'table.ts': tableModule(operations, String(objectOf(openApi['info'])['version'])),
    'methods.ts': methodsModule(operations),
  }
}

function declaration(name: string, schema: Json): string {
  const { description, title } = objectOf(schema)
  return `${commentText([String(description ?? title ?? name)])}export type ${name} = ${typeText(schema)}`
}

function schemasModule(schemas: JsonObject): string {
  return Object.entries(schemas)
    .map(([name, schema]) => declaration(typeName(name), schema))
    .join('\n\n')
}

function eventsModule(schemas: JsonObject, known: JsonObject): string {
  const own = Object.entries(schemas).filter(([name]) => /^event(-record)?\./.test(name))
  const events = own.filter(([name]) => name.startsWith('event.'))
  const text = own.map(([name, schema]) => declaration(typeName(name), schema)).join('\n\n')
  const kinds = events.map(([name]) => `${JSON.stringify(name.slice('event.'.length))}: ${typeName(name)}`)
  return `${importOfSchemas(text, known)}

${text}

/** Every kind of event, by its type. */
export type EventsByType = {
${kinds.join('\n')}
}

export type EventType = keyof EventsByType

/** Any event of the hub: \`type\` tells which. */
export type OmnihubEvent = EventsByType[EventType]`
}

/** Names only those that the text uses. */
function importOfSchemas(text: string, schemas: JsonObject): string {
  const code = text.replaceAll(/\/\*\*[^]*?\*\//g, '')
  const used = Object.keys(schemas)
    .map(typeName)
    .filter((name) => new RegExp(`\\b${name}\\b`).test(code))
  return used.length === 0 ? '' : `import type { ${used.sort().join(', ')} } from './schemas.ts'`
}

function codesModule(codes: readonly string[]): string {
  return `/** Codes of errors that this version of the hub can answer; docs/errors.md says what each means. */
export type KnownErrorCode = ${codes.map((code) => `\n  | ${JSON.stringify(code)}`).join('')}`
}

function typesModule(operations: readonly ClientOperation[], schemas: JsonObject): string {
  const text = operations.flatMap((operation) => [...paramsType(operation), ...answerTypes(operation)]).join('\n\n')
  const forms = ['LinesBody', 'RawBody'].filter((name) => new RegExp(`\\b${name}\\b`).test(text))
  const bodies = forms.length === 0 ? '' : `import type { ${forms.join(', ')} } from '../body.ts'`
  const later = /\bOnItsWay\b/.test(text) ? `import type { OnItsWay } from '../on-its-way.ts'` : ''
  return `${bodies}\n${later}\n${importOfSchemas(text, schemas)}\n\n${text}`
}

const upper = (id: string): string => id.charAt(0).toUpperCase() + id.slice(1)
const paramsName = ({ id }: ClientOperation): string => `${upper(id)}Params`
const answerName = ({ id }: ClientOperation): string => `${upper(id)}Answer`
const itemName = ({ id }: ClientOperation): string => `${upper(id)}Item`

function paramsType(operation: ClientOperation): string[] {
  const members = operation.parameters.map(({ name, required, schema, description, deprecation }) => {
    const { default: standard } = schema
    const comment = commentText([
      standard === undefined ? description : `${description} Default: \`${String(standard)}\`.`,
      ...(deprecation === undefined ? [] : [`@deprecated ${deprecation}`]),
    ])
    return `${comment}${memberName(name)}${required ? '' : '?'}: ${typeText(schema)}${required ? '' : ' | undefined'}`
  })
  const { body } = operation
  if (body !== undefined) {
    const mark = body.required ? '' : '?'
    members.push(
      `${commentText([body.description])}body${mark}: ${bodyType(operation)}${body.required ? '' : ' | undefined'}`,
    )
  }
  return members.length === 0 ? [] : [`export interface ${paramsName(operation)} {\n${members.join('\n')}\n}`]
}

function bodyType({ body }: ClientOperation): string {
  if (body?.lines === true) return `LinesBody<${typeText(body.schema)}>`
  if (body?.schema !== undefined) return typeText(body.schema)
  return body?.type.includes('json') === true ? 'unknown' : 'RawBody'
}

function answerTypes(operation: ClientOperation): string[] {
  const { answer, pageItem } = operation
  if (answer.kind !== 'json' && answer.kind !== 'lines') return []
  const texts = answer.schemas.map(({ schema, isLater }) => `(${typeText(schema)})${isLater ? ' & OnItsWay' : ''}`)
  // An answer whose form is not told adds nothing to one whose is.
  const said = texts.filter((text) => text !== '(unknown)')
  const types = [...new Set(said.length === 0 ? texts : said)].join(' | ')
  if (pageItem === undefined) return [`export type ${answerName(operation)} = ${types}`]
  const item = `export type ${itemName(operation)} = ${typeText(pageItem)}`
  return [item, `export type ${answerName(operation)} = ${types}`]
}

function tableModule(operations: readonly ClientOperation[], version: string): string {
  const rows = operations.map((operation) => {
    const { id, method, path, parameters, body, answer, idempotent, keyed } = operation
    const named = (place: string): string =>
      `{ ${parameters
        .filter((one) => one.place === place)
        .map(({ name, wire }) => `${memberName(name)}: ${JSON.stringify(wire)}`)
        .join(', ')} }`
    const members = [
      `id: '${id}', method: '${method}', path: '${path}'`,
      `query: ${named('query')}, headers: ${named('header')}`,
      ...(body === undefined ? [] : [`body: '${body.type}'`]),
      ...(body?.batchType === undefined ? [] : [`batch: '${body.batchType}'`]),
      `answer: '${answer.kind}', idempotent: ${idempotent}, keyed: ${keyed}`,
    ]
    return `${id}: { ${members.join(', ')} }`
  })
  return `import type { OperationRow } from '../operation.ts'

/** The version of the API that this was generated from. */
export const API_VERSION = ${JSON.stringify(version)}

/** How each operation is called. */
export const OPERATIONS = {
${rows.join(',\n')}
} as const satisfies Record<string, OperationRow>

/** Operations that edit what another has read. */
export const EDITS: Readonly<Record<string, keyof typeof OPERATIONS>> = {
${pairs(editsOf(operations))}
}

/** Operations that read one item of a list. */
export const READS: Readonly<Record<string, keyof typeof OPERATIONS>> = {
${pairs(readsOf(operations))}
}`
}

const pairs = (list: readonly [string, string][]): string =>
  list.map(([one, other]) => `${one}: '${other}'`).join(',\n')

/** Lists whose items another operation reads one by one. */
function readsOf(operations: readonly ClientOperation[]): [string, string][] {
  return operations.flatMap(({ id, method, path, pageItem }) => {
    const read = operations.find((one) => one.method === 'GET' && one.path === `${path}/{id}`)
    return method !== 'GET' || pageItem === undefined || read === undefined ? [] : [[id, read.id] as [string, string]]
  })
}

function editsOf(operations: readonly ClientOperation[]): [string, string][] {
  return operations
    .filter(({ method, parameters }) => method === 'PATCH' && parameters.some(({ wire }) => wire === 'if-match'))
    .flatMap((edit) => {
      const read = operations.find(({ method, path }) => method === 'GET' && path === edit.path)
      return read === undefined ? [] : [[read.id, edit.id] as [string, string]]
    })
}

function methodsModule(operations: readonly ClientOperation[]): string {
  const methods = operations.map(methodText).join('\n\n')
  const types = operations.flatMap((operation) => [
    paramsName(operation),
    ...(operation.pageItem === undefined ? [] : [itemName(operation)]),
    ...(['json', 'lines'].includes(operation.answer.kind) ? [answerName(operation)] : []),
  ])
  const used = types.filter((name) => new RegExp(`\\b${name}\\b`).test(methods)).sort()
  return `import type { EventStream } from '../event-stream.ts'
import type { Lines } from '../lines.ts'
import { Caller, type RequestOptions } from '../caller.ts'
import type { Pages } from '../pages.ts'
import type { OmnihubEvent } from './events.ts'
import { OPERATIONS } from './table.ts'
import type { ${used.join(', ')} } from './types.ts'

/** One method for each operation of the API, named as the operation is. */
export class Methods extends Caller {
${methods}
}`
}

function methodText(operation: ClientOperation): string {
  const { id, parameters, body, conditional } = operation
  const isNeeded = parameters.some(({ required }) => required) || body?.required === true
  const hasNone = parameters.length === 0 && body === undefined
  const params = hasNone ? '' : `params: ${paramsName(operation)}${isNeeded ? '' : ' = {}'}, `
  const given = hasNone ? '{}' : 'params'
  const comment = commentText(commentOf(operation))
  const call = `this.${callOf(operation)}(OPERATIONS.${id}, ${given}, options)`
  const answer = answerType(operation)
  if (!conditional) return `${comment}${id}(${params}options: RequestOptions = {}): ${answer} {\n return ${call}\n}`
  const inner = answer.replace(/^Promise<(.*)>$/, '$1')
  return [
    `${comment}${id}(params: ${paramsName(operation)}, options?: RequestOptions & { ifNoneMatch?: undefined }): ${answer}`,
    `/** Undefined: what \`ifNoneMatch\` names is the newest. */\n${id}(params: ${paramsName(operation)}, options: RequestOptions & { ifNoneMatch: string }): Promise<${inner} | undefined>`,
    `${id}(params: ${paramsName(operation)}, options: RequestOptions = {}): Promise<${inner} | undefined> {\n return ${call}\n}`,
  ].join('\n')
}

function commentOf({ summary, description, method, path, codes, deprecation }: ClientOperation): string[] {
  return [
    `${summary}. \`${method} ${path}\``,
    ...description.split(/\n{2,}/),
    ...(codes.length === 0 ? [] : [`Errors: ${[...new Set(codes)].sort().join(', ')}.`]),
    ...(deprecation === undefined ? [] : [`@deprecated ${deprecation}`]),
  ]
}

function callOf({ answer, pageItem }: ClientOperation): string {
  if (pageItem !== undefined) return 'callPages'
  return {
    json: 'callJson',
    text: 'callText',
    lines: 'callLines',
    events: 'callEvents',
    response: 'callResponse',
    none: 'callNothing',
  }[answer.kind]
}

function answerType(operation: ClientOperation): string {
  const { answer, pageItem } = operation
  if (pageItem !== undefined) return `Pages<${itemName(operation)}, ${answerName(operation)}>`
  if (answer.kind === 'lines') return `Lines<${answerName(operation)}>`
  if (answer.kind === 'events') return 'EventStream<OmnihubEvent>'
  const inner = { json: answerName(operation), text: 'string', response: 'Response', none: 'void' }[answer.kind]
  return `Promise<${inner}>`
}
