import { schemaError } from '../../shared/errors.ts'
import { joinKey } from '../../shared/record-key.ts'
import type { Property } from './model.ts'
import type { ODataSource } from './source.ts'

/** The record's key from an entity's address: `https://host/service/Set('1')` or `Set(A='x',B=2)`. Throws `connector.schema`. */
export function keyFromId(source: ODataSource, id: string): string {
  const open = id.indexOf('(', id.lastIndexOf(`/${source.options.entitySet}(`) + 1)
  const inside = open < 0 || !id.endsWith(')') ? undefined : decoded(id.slice(open + 1, -1))
  const values = inside === undefined ? undefined : valuesOf(source.key, inside)
  if (values) return joinKey(values)
  throw schemaError(`SAP named a deleted record of "${source.options.entitySet}" in a way that can't be read.`)
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function valuesOf(key: readonly Property[], inside: string): string[] | undefined {
  const parts = [...inside.matchAll(/(?:([A-Za-z_]\w*)=)?((?:[A-Za-z]+)?'(?:[^']|'')*'|[^,'=]+)(?:,|$)/g)]
  if (parts.length !== key.length) return undefined
  const named = new Map(parts.map(([, name, value]) => [name ?? '', value ?? '']))
  const values = key.map(({ name, type }) => {
    const literal = named.get(name) ?? (key.length === 1 ? named.get('') : undefined)
    return literal === undefined ? undefined : plainValue(type, literal)
  })
  return values.every((value) => value !== undefined) ? values : undefined
}

/** The inverse of `literal`. */
function plainValue(type: string, literal: string): string {
  const [, prefix = '', quoted] = /^([A-Za-z]*)'(.*)'$/s.exec(literal) ?? []
  if (quoted === undefined)
    return /^Edm\.(Int64|Decimal|Double|Single)$/.test(type) ? literal.replace(/[LMdf]$/i, '') : literal
  const text = quoted.replaceAll("''", "'")
  if (prefix === 'time') {
    const [, hours = '00', minutes = '00', seconds = '00'] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(text) ?? []
    return `${hours.padStart(2, '0')}:${minutes.padStart(2, '0')}:${seconds.padStart(2, '0')}`
  }
  if (prefix === 'X') return Buffer.from(text, 'hex').toString('base64')
  return text
}
