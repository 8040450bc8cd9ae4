import type { HubError } from '../../../contracts/hub-error.ts'
import { json } from './text.ts'

/** An error for a person: what, where, what to do, and the code to look up in docs/errors.md. */
export function errorText(error: HubError): string {
  const { code, message, where, fix, family, internal } = error
  const lines = [`omnihub: ${message}`]
  // Messages about a document begin with the place already.
  if (where !== undefined && where !== '' && !message.includes(where)) lines.push(`  at ${where}`)
  if (fix !== undefined) lines.push(`  ${fix}`)
  lines.push(`  (${code})`)
  if (family === 'bug' && internal !== undefined) lines.push(internal)
  return `${lines.join('\n')}\n`
}

export function errorJson(error: HubError): string {
  return json({ error: errorFacts(error) })
}

export function errorFacts({ code, message, where, fix }: HubError): Record<string, string> {
  return { code, message, ...(where === undefined ? {} : { where }), ...(fix === undefined ? {} : { fix }) }
}
