import type { SettingsSchema } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { baseUrlOf } from '../shared/http.ts'
import { type JsonPath, parsePath } from '../shared/json-path.ts'
import { readSettings } from '../shared/settings.ts'
import { AUTH_SCHEMA } from './auth-schema.ts'
import { checkAuth } from './auth.ts'
import { errorRules, type ErrorRule, ERRORS_SCHEMA } from './errors.ts'
import { parseRequest, requestProperties, type RequestTemplate, textMembers } from './request.ts'
import type { TextTemplate } from './template.ts'
import { type ValueRule, valueRules, VALUES_SCHEMA } from './values.ts'

export interface RestSettings {
  baseUrl: string
  auth: JsonObject | undefined
  headers: [string, TextTemplate][]
  timeoutMs: number
  maxBytes: number
  tlsAuthority: string | undefined
  check: { request: RequestTemplate; version: JsonPath | undefined } | undefined
  errors: ErrorRule[]
  values: ValueRule[]
}

export const REST_SETTINGS: SettingsSchema = {
  type: 'object',
  properties: {
    baseUrl: {
      type: 'string',
      title: 'Base URL',
      description: 'Address of the API, without credentials; the paths of requests are added to it.',
      examples: ['https://api.example.com/v2'],
    },
    auth: AUTH_SCHEMA,
    headers: { type: 'object', title: 'Headers', description: 'Headers of every request, by name.' },
    timeoutMs: {
      type: 'integer',
      minimum: 100,
      maximum: 600_000,
      default: 30_000,
      title: 'Time-out (ms)',
      description: 'How long one request and its answer may take.',
    },
    maxBytes: {
      type: 'integer',
      minimum: 1024,
      maximum: 268_435_456,
      default: 33_554_432,
      title: 'Largest answer (bytes)',
      description: 'Answers that are larger are refused; a page of records has to fit.',
    },
    tlsAuthority: { type: 'string', title: 'TLS authority', description: 'Certificate (PEM) of a company authority.' },
    check: {
      type: 'object',
      title: 'Check',
      description: 'A request that shows whether the system is there and the account good, as GET /me.',
      properties: {
        ...requestProperties('GET', '{{ session }}'),
        version: { type: 'string', title: 'Version', description: "Path of the system's version in the answer." },
      },
      required: ['path'],
      additionalProperties: false,
    },
    errors: ERRORS_SCHEMA,
    values: VALUES_SCHEMA,
  },
  required: ['baseUrl'],
  additionalProperties: false,
}

/** Throws `connector.settings` with a pointer. */
export function restSettings(given: JsonObject): RestSettings {
  const settings = readSettings(REST_SETTINGS, given, '/settings')
  const baseUrl = baseUrlOf(String(settings.baseUrl)).href
  const auth = settings.auth as JsonObject | undefined
  if (auth !== undefined) checkAuth(auth)
  const { version, ...check } = (settings.check ?? {}) as JsonObject
  return {
    baseUrl,
    auth,
    headers: textMembers(settings.headers, ['session'], '/settings/headers'),
    timeoutMs: settings.timeoutMs as number,
    maxBytes: settings.maxBytes as number,
    tlsAuthority: settings.tlsAuthority as string | undefined,
    check:
      settings.check === undefined
        ? undefined
        : {
            request: parseRequest(check, ['session'], '/settings/check'),
            version: version === undefined ? undefined : parsePath(String(version), '/settings/check/version'),
          },
    errors: errorRules(settings.errors, '/settings/errors'),
    values: valueRules(settings.values, '/settings/values'),
  }
}
