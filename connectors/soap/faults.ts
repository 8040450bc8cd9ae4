import type { SettingSchema } from '../../hub/contracts/connector.ts'
import type { HubError } from '../../hub/contracts/hub-error.ts'
import {
  authError,
  busyError,
  forbiddenError,
  rejectedError,
  settingsError,
  throttledError,
  unexpectedError,
} from '../shared/errors.ts'
import { type HttpResponse, retryAfterMs, statusError } from '../shared/http.ts'
import type { SoapFault } from '../shared/soap-envelope.ts'
import type { XmlElement } from '../shared/xml.ts'

export const MEANINGS = [
  'retry',
  'reject',
  'conflict',
  'auth',
  'forbidden',
  'throttle',
  'config',
  'absent',
  'expired',
] as const
/** `absent`: there is no such record; `expired`: the token of the next page is not known any more. */
export type Meaning = (typeof MEANINGS)[number]

export interface FaultRule {
  code?: string
  detail?: string
  text?: string
  means: Meaning
}

export const FAULT_RULE: SettingSchema = {
  type: 'object',
  title: 'Fault',
  description: '{code, detail, text, means}: patterns with * for anything, all that are given must fit.',
  required: ['means'],
  properties: {
    code: {
      type: 'string',
      title: 'Code',
      description: 'Local name of the fault code or of a subcode: `Client.Throttled`, `Sender`.',
    },
    detail: {
      type: 'string',
      title: 'Detail',
      description: 'An element in the detail, by its local name (`AccountLocked`) or with its text (`code=LOCK*`).',
    },
    text: { type: 'string', title: 'Text', description: "The fault's text: the last resort, where codes say nothing." },
    means: {
      type: 'string',
      enum: [...MEANINGS],
      title: 'Means',
      description:
        'retry, reject, conflict, auth, forbidden, throttle, config, absent (no such record) or expired (page token).',
    },
  },
  additionalProperties: false,
}

/** Codes of SOAP 1.1, SOAP 1.2 and WS-Security. What is in the last list, the sender's fault, is only taken where nothing else fits. */
const KNOWN: readonly (readonly [Meaning, readonly string[]])[] = [
  [
    'auth',
    [
      'FailedAuthentication',
      'InvalidSecurity',
      'InvalidSecurityToken',
      'FailedCheck',
      'SecurityTokenUnavailable',
      'UnsupportedSecurityToken',
      'MessageExpired',
    ],
  ],
  ['config', ['VersionMismatch', 'MustUnderstand', 'DataEncodingUnknown', 'ActionNotSupported']],
  ['retry', ['Server', 'Receiver']],
  ['reject', ['Client', 'Sender']],
]

/** What a fault means, by the rules of the settings, then by its standard codes. */
export function meaningOf(fault: SoapFault, status: number, rules: readonly FaultRule[]): Meaning {
  const rule = rules.find((each) => fits(each, fault))
  if (rule) return rule.means
  if (status === 401) return 'auth'
  if (status === 403) return 'forbidden'
  if (status === 429) return 'throttle'
  // Subcodes say more than the code around them.
  for (const code of [...fault.codes].reverse()) {
    const known = KNOWN.find(([, codes]) => codes.includes(code))
    if (known) return known[0]
  }
  return 'retry'
}

function fits({ code, detail, text }: FaultRule, fault: SoapFault): boolean {
  if (code === undefined && detail === undefined && text === undefined) return false
  if (code !== undefined && !fault.codes.some((each) => matches(code, each))) return false
  if (text !== undefined && !matches(text, fault.text)) return false
  if (detail === undefined) return true
  return fault.detail !== undefined && fault.detail.children.some((each) => detailFits(detail, each))
}

function detailFits(pattern: string, element: XmlElement): boolean {
  const equals = pattern.indexOf('=')
  const name = equals < 0 ? pattern : pattern.slice(0, equals)
  const isThis = matches(name, element.name) && (equals < 0 || matches(pattern.slice(equals + 1), element.text.trim()))
  return isThis || element.children.some((each) => detailFits(pattern, each))
}

/** `*` stands for any text; letters of either case are the same. Linear: no pattern can make it slow. */
export function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*')
  const given = text.toLowerCase()
  if (rest.length === 0) return given === first
  if (!given.startsWith(first)) return false
  const last = rest.pop() ?? ''
  let at = first.length
  for (const part of rest) {
    const found = given.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return given.length - last.length >= at && given.endsWith(last)
}

/** Thrown inside the connector, where the caller must tell meanings apart; `told` is what leaves it. */
export class FaultError extends Error {
  readonly meaning: Meaning
  readonly told: HubError

  constructor(meaning: Meaning, told: HubError) {
    super(told.message)
    this.meaning = meaning
    this.told = told
  }
}

/**
 * The fault of an answer as an error. Only the codes are told: texts and details of a service may quote values.
 * @param now wall clock, ms, for Retry-After
 */
export function faultError(
  fault: SoapFault,
  response: Pick<HttpResponse, 'status' | 'headers'>,
  rules: readonly FaultRule[],
  now: number,
): FaultError {
  const meaning = meaningOf(fault, response.status, rules)
  const wait = retryAfterMs(response.headers, now)
  const codes = [...new Set(fault.codes)].join(' ').slice(0, 200)
  const details = {
    internal: `fault ${codes}, HTTP ${response.status}`,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  }
  const told = `(fault ${codes || 'without a code'})`
  const errors: Record<Meaning, () => HubError> = {
    auth: () => authError(`The service refused the credentials ${told}.`, { ...details, ...AUTH_FIX }),
    forbidden: () => forbiddenError(`The account lacks a right ${told}.`, details),
    throttle: () => throttledError(`The service asks for fewer requests ${told}.`, details),
    retry: () =>
      response.status === 503
        ? statusError(response, now)
        : busyError(`The service can't do it at the moment ${told}.`, details),
    reject: () => rejectedError(`The service refuses the request ${told}.`, details),
    conflict: () => busyError(`The record was changed by somebody else in this very moment ${told}.`, details),
    config: () =>
      settingsError(`The service does not take messages of this kind ${told}.`, {
        ...details,
        where: '/settings',
        fix: 'Check soapVersion, security and the WSDL against what the service wants.',
      }),
    absent: () => rejectedError(`The service has no such record ${told}.`, details),
    expired: () => unexpectedError(`The service does not know the token of the next page any more ${told}.`, details),
  }
  return new FaultError(meaning, errors[meaning]())
}

const AUTH_FIX = {
  fix: 'Check user, password and the type of security, and that the clocks of both sides agree: tokens are good for minutes.',
}
