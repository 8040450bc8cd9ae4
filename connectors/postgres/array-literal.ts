import type { Json } from '../../hub/contracts/json.ts'

/**
 * Reads PostgreSQL's text of an array, `{1,NULL,"a \"b\""}`, also nested and with bounds (`[0:1]={1,2}`).
 * Source: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 */
export function parseArrayLiteral(text: string, delimiter: string, element: (text: string) => Json): Json[] {
  let at = text.indexOf('{')
  const readItem = (): Json => {
    if (text[at] === '{') return readList()
    let value = ''
    if (text[at] === '"') {
      at += 1
      while (text[at] !== '"') {
        if (text[at] === '\\') at += 1
        if (at >= text.length) throw new Error('array literal ends inside a quoted item')
        value += text[at]
        at += 1
      }
      at += 1
      return element(value)
    }
    while (at < text.length && text[at] !== delimiter && text[at] !== '}') {
      value += text[at]
      at += 1
    }
    return value === 'NULL' ? null : element(value)
  }
  const readList = (): Json[] => {
    const items: Json[] = []
    at += 1
    while (text[at] !== '}') {
      if (at >= text.length || at < 0) throw new Error('array literal has no end')
      items.push(readItem())
      if (text[at] === delimiter) at += 1
    }
    at += 1
    return items
  }
  return readList()
}

/** The inverse, every item quoted. */
export function arrayLiteral(items: readonly Json[]): string {
  const texts = items.map((item) => {
    if (item === null) return 'NULL'
    if (Array.isArray(item)) return arrayLiteral(item)
    const text = typeof item === 'object' ? JSON.stringify(item) : String(item)
    return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  })
  return `{${texts.join(',')}}`
}
