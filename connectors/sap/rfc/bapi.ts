import { isJsonObject, type Json, type JsonObject } from '../../../hub/contracts/json.ts'
import { rejectedError } from '../../shared/errors.ts'
import { errorOfMessages, type MessageMeanings } from '../errors.ts'
import type { BapiMapping } from './mapping.ts'
import type { RfcConnection, RfcStructure, RfcValue } from './port.ts'

/** The messages of type E and A in a BAPI's RETURN (BAPIRET2, BAPIRET1 or BAPIRETURN; one or a table), as CLASS/NUMBER. */
export function failuresIn({ RETURN }: RfcStructure): string[] {
  const messages = Array.isArray(RETURN) ? RETURN : isStructure(RETURN) ? [RETURN] : []
  return messages
    .filter(({ TYPE }) => TYPE === 'E' || TYPE === 'A')
    .map(({ ID, NUMBER, CODE }) => {
      if (textOf(ID) !== '') return `${textOf(ID)}/${textOf(NUMBER).padStart(3, '0')}`
      // BAPIRETURN: class and number in one field.
      const code = textOf(CODE)
      return code.length > 3 ? `${code.slice(0, -3)}/${code.slice(-3)}` : 'unknown'
    })
}

/** The error of a BAPI whose RETURN has failures. Texts are left out: they quote values. */
export function bapiError(functionModule: string, codes: readonly string[], meanings: MessageMeanings): Error {
  const details = { internal: `${functionModule}: ${codes.join(', ')}`, facts: { sapMessages: codes } }
  const told = codes[0] ?? 'no message'
  return errorOfMessages(codes, meanings, told, details) ?? rejectedError(`SAP refuses the change (${told}).`, details)
}

/** The record of a key; undefined where the BAPI says with one of the `notFound` messages that there is none. */
export async function getRecord(
  connection: RfcConnection,
  { get }: BapiMapping,
  key: string,
  meanings: MessageMeanings,
): Promise<JsonObject | undefined> {
  const answer = await connection.call(get.function, { ...get.parameters, [get.key]: key })
  const failures = failuresIn(answer)
  if (failures.some((code) => get.notFound.includes(code))) return undefined
  if (failures.length > 0) throw bapiError(get.function, failures, meanings)
  return Object.fromEntries(get.results.map((result) => [result, plain(answer[result])]))
}

/** An ABAP value as JSON: bytes are base64, what is missing is null; numbers of more than 15 digits come as text already. */
export function plain(value: RfcValue): Json {
  if (value === undefined) return null
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]))
}

/** Whether a record has the wanted values; members that are not wanted do not count. */
export function has(current: Json | undefined, wanted: Json): boolean {
  if (isJsonObject(wanted)) {
    return (
      isJsonObject(current ?? null) &&
      Object.entries(wanted).every(([name, each]) => has((current as JsonObject)[name], each))
    )
  }
  if (Array.isArray(wanted)) return JSON.stringify(current) === JSON.stringify(wanted)
  // ABAP knows no null, and pads texts with blanks.
  const text = (value: Json | undefined): string =>
    value === null || value === undefined ? '' : String(value as string).trimEnd()
  return typeof current !== 'object' || current === null ? text(current) === text(wanted) : false
}

export function textOf(value: RfcValue): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
}

function isStructure(value: RfcValue): value is RfcStructure {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array)
}
