/** Texts of policies in the configuration, to checked content. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import type { HubError } from '../contracts/hub-error.ts'

/** Reads YAML that a schema describes; `fail` makes the error to throw out of what is wrong with it. */
export function policyReader<T>(schema: object): (text: string, fail: (what: string) => HubError) => T {
  const check = new Ajv2020({ strict: true, allErrors: false }).compile<T>(schema)
  return (text, fail) => {
    const content = contentOf(text, fail)
    if (check(content)) return content
    const [error] = check.errors ?? []
    throw fail(`${error?.instancePath || '/'} ${error?.message ?? 'is wrong'}`)
  }
}

function contentOf(text: string, fail: (what: string) => HubError): unknown {
  try {
    return (parse(text, { maxAliasCount: 100, uniqueKeys: true }) as unknown) ?? {}
  } catch (cause) {
    throw fail(cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'is no YAML')
  }
}
