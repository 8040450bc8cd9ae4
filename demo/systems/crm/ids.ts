/** Ids as Salesforce makes them: the object's prefix, a number, and a suffix that only the capitals of the rest decide. */

export const ID_PREFIXES = {
  account: '001',
  contact: '003',
  support_case: '500',
  activity: '00T',
  consent: 'a00',
} as const

export type ServedTable = keyof typeof ID_PREFIXES

const POD = '0K0'
const DIGITS = 9
/** K is a capital in each Id; of the prefixes only that of tasks has one more. */
const SUFFIXES: Record<ServedTable, string> = {
  account: 'QAA',
  contact: 'QAA',
  support_case: 'QAA',
  activity: 'UAA',
  consent: 'QAA',
}

export function crmId(table: ServedTable, number: number): string {
  return `${ID_PREFIXES[table]}${POD}${String(number).padStart(DIGITS, '0')}${SUFFIXES[table]}`
}

/** The same as an SQL expression over the table's own counter. */
export function nextCrmIdSql(table: ServedTable): string {
  const number = `lpad(nextval('${table}_no')::text, ${DIGITS}, '0')`
  return `'${ID_PREFIXES[table]}${POD}' || ${number} || '${SUFFIXES[table]}'`
}
