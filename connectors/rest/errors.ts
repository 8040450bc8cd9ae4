import type { SettingSchema } from '../../hub/contracts/connector.ts'
import type { HubError } from '../../hub/contracts/hub-error.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { authError, busyError, forbiddenError, rejectedError, throttledError } from '../shared/errors.ts'
import { type HttpResponse, retryAfterMs, statusError } from '../shared/http.ts'
import { settingsError } from '../shared/errors.ts'
import { type JsonPath, parsePath, valueAt } from '../shared/json-path.ts'
import { holds, type JsonPredicate, parsePredicate, PREDICATE_PROPERTIES } from '../shared/json-predicate.ts'
import { scalarText } from './raw-json.ts'

const MEANINGS = ['ok', 'retry', 'throttle', 'reject', 'conflict', 'auth', 'forbidden', 'missing', 'expired'] as const
export type Meaning = (typeof MEANINGS)[number]

export interface ErrorRule {
  status: ReadonlySet<number> | undefined
  body: JsonPredicate | undefined
  means: Meaning
  /** Place of the system's own code, told with the error. */
  code: JsonPath | undefined
  /** Place of the seconds to wait. */
  retryAfter: JsonPath | undefined
}

export const ERRORS_SCHEMA: SettingSchema = {
  type: 'array',
  title: 'Errors',
  description:
    'What the answers mean that are errors; the first rule that fits decides, for answers with status 200 too. Without one the status decides.',
  items: {
    type: 'object',
    title: 'Error rule',
    description: 'A rule fits when its status and its body do, as far as it names them.',
    properties: {
      status: { type: 'array', items: { type: 'integer' }, title: 'Status', description: 'HTTP statuses.' },
      body: {
        type: 'object',
        title: 'Body',
        description: 'A question about the JSON body.',
        properties: PREDICATE_PROPERTIES,
        required: ['path'],
        additionalProperties: false,
      },
      means: {
        type: 'string',
        enum: [...MEANINGS],
        title: 'Means',
        description:
          'ok: no error; retry: later again; throttle: fewer requests; reject: never as it is; conflict: changed by somebody else; auth: log in again, or wrong account; forbidden: a right is missing; missing: no such record; expired: the cursor or position is gone.',
      },
      code: {
        type: 'string',
        title: 'Code',
        description:
          'Path of a short code in the body that is told with the error. Never a text that may quote values.',
      },
      retryAfter: { type: 'string', title: 'Retry after', description: 'Path of the seconds to wait in the body.' },
    },
    required: ['means'],
    additionalProperties: false,
  },
}

/** @param where JSON pointer of the list */
export function errorRules(given: Json | undefined, where: string): ErrorRule[] {
  return ((given ?? []) as JsonObject[]).map((rule, place) => {
    const at = `${where}/${place}`
    const { status, body, code, retryAfter } = rule
    if (status === undefined && body === undefined) {
      throw settingsError('The rule fits every answer.', { where: at, fix: 'Name a status, a body, or both.' })
    }
    const path = (text: Json | undefined, name: string): JsonPath | undefined =>
      text === undefined ? undefined : parsePath(String(text), `${at}/${name}`)
    return {
      status: status === undefined ? undefined : new Set(status as number[]),
      body: body === undefined ? undefined : parsePredicate(body as JsonObject, `${at}/body`),
      means: rule.means as Meaning,
      code: path(code, 'code'),
      retryAfter: path(retryAfter, 'retryAfter'),
    }
  })
}

export interface Judgement {
  meaning: Meaning
  /** For every meaning but `ok`: what to throw where nobody knows better. */
  error: HubError | undefined
}

const BY_STATUS: Partial<Record<number, Meaning>> = { 404: 'missing', 409: 'conflict', 410: 'missing', 412: 'conflict' }

/**
 * @param body of the answer; undefined where it is no JSON
 * @param now wall clock, ms
 */
export function judge(
  response: Pick<HttpResponse, 'status' | 'headers'>,
  body: Json | undefined,
  rules: readonly ErrorRule[],
  now: number,
): Judgement {
  const { status } = response
  const rule = rules.find((each) => fits(each, status, body))
  if (rule !== undefined) {
    return { meaning: rule.means, error: rule.means === 'ok' ? undefined : ruleError(rule, response, body, now) }
  }
  if (status >= 200 && status < 300) return { meaning: 'ok', error: undefined }
  const error = statusError(response, now)
  const meaning = BY_STATUS[status] ?? (error.code === 'connector.auth' ? 'auth' : 'reject')
  return { meaning, error }
}

function fits({ status, body: question }: ErrorRule, actual: number, body: Json | undefined): boolean {
  if (status !== undefined && !status.has(actual)) return false
  return question === undefined || holds(question, body)
}

const TEXTS: Record<Exclude<Meaning, 'ok'>, [typeof authError, string]> = {
  retry: [busyError, "The system can't answer at the moment"],
  throttle: [throttledError, 'The system asks for fewer requests'],
  reject: [rejectedError, 'The system refuses the request'],
  conflict: [rejectedError, 'The system says that the record was changed by somebody else'],
  auth: [authError, 'The system refused the credentials'],
  forbidden: [forbiddenError, 'The account lacks a right'],
  missing: [rejectedError, 'The system has no such record'],
  expired: [rejectedError, 'The position is no longer known to the system'],
}

function ruleError(
  { means, code, retryAfter }: ErrorRule,
  response: Pick<HttpResponse, 'status' | 'headers'>,
  body: Json | undefined,
  now: number,
): HubError {
  const [make, text] = TEXTS[means as Exclude<Meaning, 'ok'>]
  const told = code === undefined ? undefined : tellable(scalarText(valueAt(body, code)))
  const seconds = retryAfter === undefined ? NaN : Number(scalarText(valueAt(body, retryAfter)))
  const wait = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : retryAfterMs(response.headers, now)
  return make(`${text} (HTTP ${response.status}${told === undefined ? '' : `, ${told}`}).`, {
    internal: `HTTP ${response.status}`,
    ...(wait === undefined ? {} : { retryAfterMs: Math.min(wait, 86_400_000) }),
  })
}

/** A code is one short word; anything longer may be a sentence that quotes a person's data. */
function tellable(text: string | undefined): string | undefined {
  return text !== undefined && /^[\w.:-]{1,80}$/.test(text) ? text : undefined
}
