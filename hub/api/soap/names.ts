/** `stock-level`, `getCustomer`, `part.personName` -> `StockLevel`, `GetCustomer`, `PersonName`: as types and operations are called. */
export function typeName(name: string): string {
  const own = name.split('.').at(-1) ?? name
  return xmlName(own.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()))
}

/** `if-match`, `stock-level` -> `ifMatch`, `stockLevel`: as elements are called that are no members of a schema. */
export function elementName(name: string): string {
  return xmlName(name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()))
}

const NAME_START = /[A-Za-z_\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF]/
const NAME_CHARACTER = /[-.0-9A-Za-z_\u00B7\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u037D\u037F-\u1FFF]/

/**
 * Any name as a name of an element: characters that XML names do not have become `_xHHHH_`, as SQL/XML has it (ISO/IEC
 * 9075-14, 9.1), and so does an underscore that would look like one of these. No two names become the same.
 */
export function xmlName(name: string): string {
  const escape = (unit: string): string => `_x${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`
  const written = [...name.split('')].map((unit, at) => {
    if (unit === '_' && name[at + 1] === 'x') return escape(unit)
    return (at === 0 ? NAME_START : NAME_CHARACTER).test(unit) ? unit : escape(unit)
  })
  return written.join('') || '_x_'
}
