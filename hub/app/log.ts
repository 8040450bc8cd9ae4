import { createHash } from 'node:crypto'
import { type DestinationStream, pino } from 'pino'
import { asHubError } from '../contracts/hub-error.ts'
import { type Lane, laneName } from '../contracts/change.ts'
import { errorFacts, safeText } from './log-safety.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/**
 * The facts that a log line may carry. The list is closed: what is not named here never reaches the log, so that no
 * record, header or setting slips in with an object that somebody passed on. Values are numbers, booleans and names
 * that the hub itself gave (systems, entities, codes, customer ids); free text goes through `safeText`.
 */
export const LOG_FACTS = {
  action: 'text',
  address: 'text',
  attempt: 'number',
  batch: 'number',
  bytes: 'number',
  changes: 'number',
  checkpoint: 'flag',
  code: 'text',
  connector: 'text',
  count: 'number',
  customer: 'name',
  customers: 'number',
  done: 'number',
  entity: 'name',
  event: 'name',
  events: 'number',
  family: 'text',
  file: 'text',
  keyId: 'name',
  lagMs: 'number',
  lane: 'name',
  method: 'text',
  migration: 'name',
  mode: 'text',
  ms: 'number',
  operation: 'name',
  partition: 'number',
  partitions: 'number',
  pid: 'number',
  port: 'number',
  process: 'name',
  rate: 'number',
  records: 'number',
  requestId: 'name',
  retryAfterMs: 'number',
  revision: 'number',
  role: 'text',
  rows: 'number',
  rule: 'name',
  serverVersion: 'text',
  status: 'number',
  system: 'name',
  table: 'name',
  total: 'number',
  url: 'text',
  version: 'text',
  workers: 'number',
} as const satisfies Record<string, 'number' | 'flag' | 'name' | 'text'>

type FactName = keyof typeof LOG_FACTS
export type LogFacts = { [Name in FactName]?: string | number | boolean | undefined } & { error?: unknown }

/** Same shape as the log that connectors get (ConnectorLog), and one level more. */
export interface HubLog {
  debug(facts: LogFacts, text: string): void
  info(facts: LogFacts, text: string): void
  warn(facts: LogFacts, text: string): void
  error(facts: LogFacts, text: string): void
  /** The same log, each line with these facts too. */
  child(facts: LogFacts): HubLog
}

const NAME = /^[\w.:/@%+-]{1,200}$/

/** Lines of JSON, to standard output unless `destination` says otherwise. */
export function createLog(level: LogLevel, destination?: DestinationStream): HubLog {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: named } }
  return wrapLog(destination === undefined ? pino(options) : pino(options, destination), {})
}

function named(label: string): { level: string } {
  return { level: label }
}

function wrapLog(target: ReturnType<typeof pino>, bound: LogFacts): HubLog {
  const write = (level: 'debug' | 'info' | 'warn' | 'error') => (facts: LogFacts, text: string) => {
    if (!target.isLevelEnabled(level)) return
    target[level](allowedFacts({ ...bound, ...facts }), safeText(text))
  }
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (facts) => wrapLog(target, { ...bound, ...facts }),
  }
}

/** What of the facts may be written; the names of what was held back are told, its values are not. */
function allowedFacts(facts: LogFacts): Record<string, unknown> {
  const allowed: Record<string, unknown> = {}
  const withheld: string[] = []
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined) continue
    if (name === 'error') {
      allowed['error'] = errorFacts(asHubError(value))
      continue
    }
    const safe = safeFact(Object.hasOwn(LOG_FACTS, name) ? LOG_FACTS[name as FactName] : undefined, value)
    if (safe === undefined) withheld.push(/^\w{1,40}$/.test(name) ? name : '?')
    else allowed[name] = safe
  }
  if (withheld.length > 0) allowed['withheld'] = withheld
  return allowed
}

function safeFact(kind: (typeof LOG_FACTS)[FactName] | undefined, value: unknown): unknown {
  if (kind === undefined) return undefined
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'string' || kind === 'number' || kind === 'flag') return undefined
  if (kind === 'text') return safeText(value)
  return NAME.test(value) && safeText(value) === value ? value : undefined
}

/**
 * A lane as the log may name it: system, entity and a hash of the key, since keys are e-mail addresses and tax numbers
 * often enough. The same lane gives the same name, and the parked list finds it.
 */
export function laneFact(lane: Lane): string {
  const hash = createHash('sha256').update(laneName(lane)).digest('hex').slice(0, 16)
  return `${encodeURIComponent(lane.system)}/${encodeURIComponent(lane.entity)}/${hash}`
}
