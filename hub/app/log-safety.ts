import type { HubError } from '../contracts/hub-error.ts'

/**
 * Free text that may have swallowed a value of somebody's record: messages of drivers and parsers quote what they choke
 * on. What stands in quotes, looks like an e-mail address, a long number, a credential or a key of ours is cut out.
 */
export function safeText(text: string): string {
  return CUTS.reduce((safe, [pattern, put]) => safe.replace(pattern, put), text.slice(0, TEXT_LENGTH_MAX))
}

const TEXT_LENGTH_MAX = 4_000

const CUTS: readonly (readonly [RegExp, string])[] = [
  [/\bomni_[a-z0-9]+_[\w-]+/g, 'omni_…'],
  [
    /\b(bearer|basic|token|password|passwd|pwd|secret|api[-_]?key)(\s*[:=]\s*|\s+)("[^"]*"|'[^']*'|[^\s,;&]+)/gi,
    '$1$2…',
  ],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1…@'],
  [/[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+/g, '…@…'],
  [/"(?:[^"\\]|\\.)*"/g, '"…"'],
  [/=\(.*?\)/g, '=(…)'],
  [/'(?:[^'\\]|\\.){3,}'/g, "'…'"],
  // Telephone, card and tax numbers, dates of birth; not the groups of a UUID, not a time stamp of ours.
  [/(?<![\w-])\+?\d(?:[\s().-]?\d){6,}(?![\w-])/g, '…'],
  [/\b(?:19|20)\d\d-\d\d-\d\d\b(?!T)/g, '…'],
]

/** Facts of drivers' errors that name things, not values: SQLSTATE and errno, table and constraint. */
const CAUSE_FACTS = [
  'code',
  'errno',
  'syscall',
  'sqlState',
  'schema',
  'table',
  'column',
  'constraint',
  'routine',
] as const

/** An error as the log may show it: its code, what happened, and where in the code, without what it happened to. */
export function errorFacts(error: HubError): Record<string, unknown> {
  const facts: Record<string, unknown> = { code: error.code, family: error.family, message: safeText(error.message) }
  if (error.internal !== undefined) facts['internal'] = safeText(withoutStack(error.internal))
  const causes = causesOf(error)
  if (causes.length > 0) facts['causes'] = causes
  const stack = stackOf(causes.length > 0 ? deepest(error) : error)
  if (stack !== undefined && error.family === 'bug') facts['stack'] = stack
  return facts
}

const CAUSES_MAX = 5

function causesOf(error: Error): Record<string, unknown>[] {
  const causes: Record<string, unknown>[] = []
  for (let cause = error.cause; cause instanceof Error && causes.length < CAUSES_MAX; cause = cause.cause) {
    const facts: Record<string, unknown> = { name: cause.name, message: safeText(cause.message) }
    for (const name of CAUSE_FACTS) {
      const value = (cause as unknown as Record<string, unknown>)[name]
      if (typeof value === 'string' || typeof value === 'number') facts[name] = safeText(String(value))
    }
    causes.push(facts)
  }
  return causes
}

function deepest(error: Error): Error {
  let last = error
  for (let depth = 0; last.cause instanceof Error && depth < CAUSES_MAX; depth++) last = last.cause
  return last
}

/** The frames only: a stack begins with the message, which the log has in its safe form already. */
function stackOf(error: Error): string[] | undefined {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return frames.length === 0 ? undefined : frames.slice(0, 12).map((line) => line.trim())
}

function withoutStack(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
    .join('\n')
}
