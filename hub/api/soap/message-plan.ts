import { isJsonObject, type JsonObject } from '../../contracts/json.ts'
import { reference, scalarSchema } from '../openapi/operation-object.ts'
import type { AnswerSpec, OperationSpec, ParamSpec } from '../operations/operation.ts'
import { elementName } from './names.ts'
import { componentOf, SchemaShapes } from './schema-shapes.ts'
import type { Member, ObjectShape, Slot } from './shape.ts'

/** Where an element of a request goes in HTTP. `body`: it is the whole body, or all of it that is no `member`. */
export type Place = 'path' | 'query' | 'header' | 'body' | 'member'

/** One operation as messages of SOAP. */
export interface MessagePlan {
  /** As the WSDL names it. */
  name: string
  spec: OperationSpec
  request: ObjectShape
  /** Of the elements of the request, by name of the element. */
  places: ReadonlyMap<string, Place>
  response: ObjectShape
  /** What is in the body of an answer, by status. */
  answers: ReadonlyMap<number, AnswerPlan>
  /** Headers of answers that come as elements, by name of the element. */
  headers: ReadonlyMap<string, string>
}

export interface AnswerPlan {
  /** The record of which the answer consists, apart from its other members. */
  entity?: Member
  /** Members of the body that are elements of the response. */
  members: readonly Member[]
}

/** How long to wait until systems have taken a write travels as a number of seconds. */
export const WAIT = 'wait'
/** The caller has the newest version. */
export const NOT_MODIFIED = 'notModified'
/** Where one operation may have done it at once or have begun it. */
export const HTTP_STATUS = 'httpStatus'
/** Paths of elements whose values the caller's role does not see. */
export const MASKED = 'masked'

/** Parameters are plain: they refer to no schema. */
const PLAIN = new SchemaShapes({})

/** Undefined where the operation has a form that SOAP has no way to say: a stream, a body that is not JSON. */
export function messagePlan(name: string, spec: OperationSpec, shapes: SchemaShapes): MessagePlan | undefined {
  const entries = Object.entries(spec.answers).filter(([status]) => Number(status) < 400)
  const isJson = entries.every(([, { type = 'application/json' }]) => type === 'application/json')
  const hasSchema = spec.body === undefined || spec.body.schema !== undefined
  if (spec.endless === true || !isJson || !hasSchema || spec.anyQuery === true) return undefined
  const request = requestOf(spec, shapes)
  const answers = new Map(entries.map(([status, answer]) => [Number(status), answerPlan(answer, shapes)]))
  const headers = headersOf(entries.map(([, answer]) => answer))
  return { name, spec, ...request, response: responseOf(spec, answers, headers), answers, headers }
}

function requestOf(spec: OperationSpec, shapes: SchemaShapes): Pick<MessagePlan, 'request' | 'places'> {
  const members: Member[] = []
  const places = new Map<string, Place>()
  const add = (member: Member, place: Place): void => {
    if (places.has(member.element)) throw new Error(`${spec.id} has two parameters that would be <${member.element}>.`)
    places.set(member.element, place)
    members.push(member)
  }
  for (const [name, param] of Object.entries(spec.params ?? {})) add(paramMember(name, param, true), 'path')
  for (const [name, param] of Object.entries(spec.query ?? {})) add(paramMember(name, param, false), 'query')
  for (const [name, header] of Object.entries(spec.headers ?? {})) add(headerMember(name, header.description), 'header')
  for (const [member, place] of bodyMembers(spec, shapes, places)) add(member, place)
  return { request: { kind: 'object', members, open: false }, places }
}

function paramMember(name: string, spec: ParamSpec, inPath: boolean): Member {
  const isList = spec.list === true
  return {
    ...PLAIN.slotOf(scalarSchema(spec)),
    name,
    element: elementName(name),
    repeated: isList,
    required: (inPath || spec.required === true) && !isList,
    text: spec.description,
  }
}

function headerMember(name: string, text: string): Member {
  const isWait = name.toLowerCase() === 'prefer'
  const shape: Slot['shape'] = isWait
    ? { kind: 'integer', facets: { minInclusive: 0, maxInclusive: 30 } }
    : { kind: 'text', base: 'string', facets: {} }
  const element = isWait ? WAIT : elementName(name.toLowerCase())
  const told = isWait ? 'Seconds to wait until the systems have taken what is written; absent: a few.' : text
  return { shape, repeated: false, nillable: false, required: false, name, element, text: told }
}

/** The members of a body are elements of the request, beside the parameters; a record is one element of its name. */
function bodyMembers(spec: OperationSpec, shapes: SchemaShapes, taken: ReadonlyMap<string, Place>): [Member, Place][] {
  const { body } = spec
  const schema = bodySchema(spec)
  if (body === undefined || schema === undefined) return []
  const required = body.required !== false
  const slot = { repeated: false, nillable: false, required, text: body.description }
  const form = body.types.includes('application/merge-patch+json') ? 'patch' : 'whole'
  const { entity, rest } = splitRecord(schema)
  const inline = shapes.objectOf(rest)?.members
  const collides = inline?.some(({ element }) => taken.has(element)) ?? true
  if (collides && entity === undefined) {
    return [[{ ...slot, ...shapes.slotOf(schema), name: 'body', element: 'body' }, 'body']]
  }
  const members = (inline ?? []).map((member): [Member, Place] => [
    { ...member, required: member.required && required },
    'member',
  ])
  if (entity === undefined) return members
  const name = recordName(entity)
  const { shape } = shapes.slotOf(reference(entity), form)
  return [[{ ...slot, shape, name, element: elementName(name) }, 'body'], ...members]
}

/** What callers are told of a body; where that says little more than which record it is about, the schema of the record. */
function bodySchema({ body, edits }: OperationSpec): JsonObject | undefined {
  const schema = body?.told ?? body?.schema
  const isWhole = body?.told !== undefined || schema?.['additionalProperties'] === false
  return edits === undefined || isWhole ? schema : reference(`${edits}.contribution`)
}

/** The record that a schema consists of, by its component, and what it has beside: `allOf: [record, more]`. */
function splitRecord(schema: JsonObject): { entity: string | undefined; rest: JsonObject } {
  const own = componentOf(schema)
  const nothing: JsonObject = { type: 'object', additionalProperties: false, properties: {} }
  if (own !== undefined) return { entity: own, rest: nothing }
  const parts = Array.isArray(schema['allOf']) ? schema['allOf'].filter(isJsonObject) : []
  const records = parts.filter((part) => componentOf(part) !== undefined)
  const [record] = records
  if (records.length !== 1 || record === undefined) return { entity: undefined, rest: schema }
  const rest = parts.filter((part) => part !== record)
  return { entity: componentOf(record), rest: rest.length === 0 ? nothing : { allOf: rest } }
}

/** `payment.contribution`, `new-payment`, `payment-patch` -> `payment` */
function recordName(component: string): string {
  return component.replace(/^part\.|^new-|-patch$|\.contribution$/g, '')
}

function answerPlan({ schema }: AnswerSpec, shapes: SchemaShapes): AnswerPlan {
  if (schema === undefined) return { members: [] }
  const { entity, rest } = splitRecord(schema)
  const members = shapes.objectOf(rest)?.members
  const optional = (member: Member): Member => ({ ...member, required: false })
  const slot = { repeated: false, nillable: false, required: false }
  if (entity !== undefined) {
    const name = recordName(entity)
    const { shape } = shapes.slotOf(reference(entity))
    return { entity: { ...slot, shape, name, element: elementName(name) }, members: (members ?? []).map(optional) }
  }
  // Nothing is known of it, or it is no object: all of it is one element.
  return members === undefined
    ? { entity: { ...slot, ...shapes.slotOf(schema), name: 'answer', element: 'answer' }, members: [] }
    : { members: members.map(optional) }
}

function headersOf(answers: readonly AnswerSpec[]): Map<string, string> {
  const names = answers.flatMap(({ headers = {} }) => Object.keys(headers))
  return new Map(names.map((name) => [elementName(name.toLowerCase()), name.toLowerCase()]))
}

function responseOf(
  spec: OperationSpec,
  answers: ReadonlyMap<number, AnswerPlan>,
  headers: ReadonlyMap<string, string>,
): ObjectShape {
  const members = new Map<string, Member>()
  for (const { entity, members: own } of answers.values()) {
    for (const member of [...(entity === undefined ? [] : [entity]), ...own]) {
      const known = members.get(member.element)
      // An operation that did it or has begun it answers with the record, or with less of it: the fuller form is the type.
      if (known === undefined || sizeOf(member) > sizeOf(known)) members.set(member.element, member)
    }
  }
  const add = (element: string, shape: Slot['shape'], text: string, repeated = false): void => {
    if (members.has(element)) throw new Error(`${spec.id} has an answer with a member <${element}> of its own.`)
    members.set(element, { name: element, element, shape, repeated, nillable: false, required: false, text })
  }
  const string: Slot['shape'] = { kind: 'text', base: 'string', facets: {} }
  for (const [element, name] of headers) add(element, string, `The header ${name} of REST.`)
  if (answers.has(304)) add(NOT_MODIFIED, { kind: 'boolean' }, 'You have the newest version: nothing else comes.')
  const done = [...answers.keys()].filter((status) => status < 300)
  if (done.length > 1) {
    const meaning = done.map((status) => `${status}: ${spec.answers[status]?.description ?? ''}`).join(' ')
    add(HTTP_STATUS, { kind: 'integer', facets: {} }, meaning)
  }
  if (spec.personal === true || spec.method !== 'GET') {
    add(MASKED, string, 'Path of an element whose value your role does not see: it is left out, or nil.', true)
  }
  // Whatever an answer holds that its declaration does not name still arrives.
  return { kind: 'object', members: [...members.values()], open: true }
}

function sizeOf({ shape }: Member): number {
  return shape.kind === 'object' ? shape.members.length : 0
}
