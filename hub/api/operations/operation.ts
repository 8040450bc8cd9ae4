import type { CanonicalEntity } from '../../contracts/canonical.ts'
import type { JsonObject } from '../../contracts/json.ts'
import type { Permission } from '../../security/permissions.ts'

/**
 * One operation of the API, declared once. From it come the route, the permission check, the strict reading of its
 * parameters and body, its part of the OpenAPI document and of the pages at /docs.
 */
export interface OperationSpec {
  /** operationId: what client generators call the function. */
  id: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As OpenAPI writes it: `/v1/customers/{id}`. */
  path: string
  tag: string
  /** A few words, as a heading. */
  summary: string
  /** What a caller should know, in Markdown paragraphs. */
  description: string
  /** What the caller's role must allow; `public`: no key needed. */
  permission: Permission | 'public'
  /** `connector`: public here, since the connector of the system looks at the caller itself. */
  authentication?: 'connector'
  /** Answers with personal data: each call is noted in the audit trail before it is served. */
  personal?: true
  /** The canonical entity that the body is a merge patch of. */
  edits?: CanonicalEntity
  /** The fields of that entity that a body sets, where it is no patch. */
  editedPaths?(body: JsonObject): string[][]
  /** It shows what a document of the caller's own makes of data, which could be anything: not for roles that do not see everything. */
  unmasked?: true
  /** An answer that goes on until somebody ends it: not counted among the requests that a key has under way. */
  endless?: true
  /** Whatever the query has is passed on by the handler: it is not the hub's. */
  anyQuery?: true
  params?: Readonly<Record<string, ParamSpec>>
  query?: Readonly<Record<string, ParamSpec>>
  /** Request headers worth telling about; read by the handler itself. */
  headers?: Readonly<Record<string, { description: string }>>
  body?: BodySpec
  answers: Readonly<Record<number, AnswerSpec>>
  /** A POST whose repetition does no more than the first time, so that clients may send it again without a key for it. */
  idempotent?: true
  /** It will go: told in the document, the pages, the client and the headers of each answer. */
  deprecated?: Deprecation
}

/** docs/channel-developers/versioning.md says how long things stay. Days as `2026-03-14`. */
export interface Deprecation {
  /** Since when it is told. */
  since: string
  /** From this day on it may be gone. */
  sunset: string
  /** What to use in its place, as a sentence. */
  instead: string
}

export interface ParamSpec {
  type: 'string' | 'integer' | 'boolean'
  description: string
  required?: boolean
  /** Several values, separated by commas. */
  list?: boolean
  enum?: readonly string[]
  format?: 'uuid' | 'date' | 'date-time'
  /** Of a string, in characters. */
  maxLength?: number
  minimum?: number
  maximum?: number
  default?: string | number | boolean
  /** Fields that it looks at, by path: of customers, unless it says of which entity. */
  searches?: readonly string[]
  searchesIn?: CanonicalEntity
  example?: string
  deprecated?: Deprecation
}

export interface BodySpec {
  description: string
  /** Media types taken; anything else is answered with 415. The wildcard for both parts: any, none too. */
  types: readonly string[]
  /** JSON Schema that the body must fit; absent: the handler reads the bytes itself. */
  schema?: JsonObject
  /** What the handler takes where it reads the bytes itself, or checks more than `schema`: told in the document, not checked before. */
  told?: JsonObject
  required?: boolean
  /**
   * The handler reads the bytes as they come (`Input.stream`), however many there are; `schema` then tells of one line. Its types
   * are among STREAMED_TYPES, as others are held in memory.
   */
  stream?: true
  /** Absent: 1 MiB. `changes`: the setting OMNIHUB_BODY_BYTES_MAX. */
  bytesMax?: number | 'changes'
}

/** Media types of bodies that may be streams. */
export const STREAMED_TYPES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'] as const

export interface AnswerSpec {
  description: string
  type?: string
  /** JSON Schema; `{ $ref: '#/components/schemas/customer' }` for a canonical record. */
  schema?: JsonObject
  headers?: Readonly<Record<string, string>>
  /** Of a refusal: codes that it can have, beside those that any operation has. */
  codes?: readonly string[]
}

/** Declares an operation; the literal type is kept, so that `InputOf` knows its parameters. */
export function operation<const Spec extends OperationSpec>(spec: Spec): Spec {
  return spec
}

/** `/v1/customers/{id}` -> `/v1/customers/:id`, as routers write it. */
export function routePath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}

type Scalar<Param> = Param extends { type: 'integer' }
  ? number
  : Param extends { type: 'boolean' }
    ? boolean
    : Param extends { enum: readonly (infer Choice)[] }
      ? Choice
      : string

type Value<Param> = Param extends { list: true } ? Scalar<Param>[] : Scalar<Param>

type IsGiven<Param> = Param extends { required: true } | { default: unknown } ? true : false

/** The query as the handler gets it: checked, converted, defaults filled in. */
export type QueryOf<Spec> = Spec extends { query: infer Params }
  ? { [Name in keyof Params as IsGiven<Params[Name]> extends true ? Name : never]: Value<Params[Name]> } & {
      [Name in keyof Params as IsGiven<Params[Name]> extends true ? never : Name]?: Value<Params[Name]>
    }
  : Record<never, never>

export type ParamsOf<Spec> = Spec extends { params: infer Params }
  ? { [Name in keyof Params]: Value<Params[Name]> }
  : Record<never, never>
