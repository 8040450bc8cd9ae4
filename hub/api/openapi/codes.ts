import { COLLECTION_NAMES } from '../operations/entities.ts'
import type { OperationSpec } from '../operations/operation.ts'
import { ownCodes } from './operation-codes.ts'

/**
 * The codes that a refusal of an operation can have, by status, as far as they follow from its declaration: those of the
 * gate and of the reader of input, those of what its path names, and those that the answer declares itself.
 */
export function codesOf(spec: OperationSpec, status: number): string[] {
  const own = spec.answers[status]?.codes ?? []
  return [
    ...new Set([
      ...gateCodes(spec, status),
      ...inputCodes(spec, status),
      ...pathCodes(spec, status),
      ...ownCodes(spec, status),
      ...own,
    ]),
  ].sort()
}

function gateCodes({ permission, personal }: OperationSpec, status: number): string[] {
  if (status === 400) return ['request.malformed', 'request.incomplete']
  if (status === 503) return ['store.unavailable']
  if (permission === 'public') return []
  if (status === 401) return ['auth.missing', 'auth.invalid']
  if (status === 429) return ['request.rate-limited', 'request.too-many-at-once']
  if (status !== 403) return []
  return ['auth.forbidden', ...(personal === true ? ['access.masked-parameter', 'access.masked-role'] : [])]
}

function inputCodes({ params, query, headers, body }: OperationSpec, status: number): string[] {
  const has = (given: object | undefined): boolean => given !== undefined && Object.keys(given).length > 0
  if (status === 413) return body === undefined ? [] : ['request.body.too-large']
  if (status === 415) return body === undefined ? [] : ['request.content-type.unsupported']
  if (status === 422) return body?.schema === undefined ? [] : ['request.body.invalid', ...keyCodes(headers, status)]
  if (status !== 400) return keyCodes(headers, status)
  return [
    'request.query.unknown',
    ...(has(query) ? ['request.query.invalid', 'request.query.repeated', 'request.query.missing'] : []),
    ...(has(params) ? ['request.path.invalid'] : []),
    ...(query?.['cursor'] === undefined ? [] : ['request.cursor.invalid']),
    ...(query?.['fields'] === undefined ? [] : ['request.fields.unknown']),
    ...(body?.schema === undefined
      ? []
      : [
          'request.body.malformed',
          'request.body.missing',
          'request.body.too-deep',
          'request.body.duplicate-name',
          'request.body.inexact-number',
        ]),
    ...keyCodes(headers, status),
  ]
}

function keyCodes(headers: OperationSpec['headers'], status: number): string[] {
  const codes: string[] = []
  if (headers?.['idempotency-key'] !== undefined) {
    if (status === 400) codes.push('request.idempotency-key.invalid')
    if (status === 422) codes.push('request.idempotency-key.reused')
  }
  if (headers?.['if-match'] !== undefined && status === 428) codes.push('request.precondition.missing')
  return codes
}

const COLLECTION = `^/v1/(${COLLECTION_NAMES.join('|')})`

/** What is not there, or not any more, by what the path begins with. */
const UNKNOWN: readonly { at: RegExp; codes: Readonly<Record<number, readonly string[]>> }[] = [
  { at: /^\/v1\/customers\/\{id\}/, codes: { 404: ['customer.unknown'], 410: ['customer.erased'] } },
  {
    at: new RegExp(`${COLLECTION}/\\{id\\}`),
    codes: { 404: ['record.unknown', 'record.on-its-way'], 410: ['record.deleted'] },
  },
  {
    at: new RegExp(`${COLLECTION}$`),
    codes: { 404: ['customer.unknown', 'record.unknown'], 410: ['customer.erased', 'record.deleted'] },
  },
  { at: /^\/v1\/subscriptions\/\{id\}/, codes: { 404: ['subscription.unknown'] } },
  { at: /^\/v1\/(rules|decisions)\/\{rule\}/, codes: { 404: ['rule.unknown'], 409: ['rule.output.invalid'] } },
  { at: /^\/admin\/v1\/rules\/\{rule\}\/revisions/, codes: { 404: ['rule.revision.unknown', 'rule.unknown'] } },
  { at: /^\/admin\/v1\/rules\/\{rule\}/, codes: { 404: ['rule.unknown', 'rule.revision.unknown'] } },
  { at: /^\/admin\/v1\/parked\/\{no\}/, codes: { 404: ['parked.unknown'] } },
  { at: /^\/admin\/v1\/systems\/\{system\}/, codes: { 404: ['system.unknown'] } },
  { at: /^\/admin\/v1\/mappings\/\{system\}/, codes: { 404: ['mapping.unknown'] } },
  { at: /^\/admin\/v1\/write-backs\/\{no\}/, codes: { 404: ['write-back.unknown'] } },
  { at: /^\/v1\/imports\/\{id\}/, codes: { 404: ['import.unknown'] } },
  { at: /^\/v1\/exports\/\{id\}/, codes: { 404: ['export.unknown'] } },
  { at: /^\/(v1|admin\/v1)\/(writes|record-writes)\/\{\w+\}/, codes: { 404: ['record.write.unknown'] } },
  { at: /^\/admin\/v1\/erasures\/\{id\}/, codes: { 404: ['erasure.unknown'] } },
  { at: /^\/admin\/v1\/matching\/snapshots\/\{version\}/, codes: { 404: ['matching.unknown-version'] } },
  { at: /^\/admin\/v1\/keys\/\{id\}/, codes: { 404: ['key.unknown'] } },
  { at: /^\/admin\/v1\/decisions\/\{id\}/, codes: { 404: ['decision.unknown'] } },
]

function pathCodes({ path }: OperationSpec, status: number): string[] {
  return [...(UNKNOWN.find(({ at }) => at.test(path))?.codes[status] ?? [])]
}
