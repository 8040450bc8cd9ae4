import { hash } from 'node:crypto'
import type { RecordWrite, WriteResult } from '../../../hub/contracts/connector.ts'
import { HubError } from '../../../hub/contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../hub/contracts/json.ts'
import { rejectedError } from '../../shared/errors.ts'
import { writeEach } from '../../shared/write-each.ts'
import type { MessageMeanings } from '../errors.ts'
import { bapiError, failuresIn, getRecord, has, textOf } from './bapi.ts'
import type { BapiChange, BapiCreate, BapiMapping } from './mapping.ts'
import type { RfcConnection, RfcPort, RfcStructure } from './port.ts'

/**
 * Writes records by BAPIs, each in a unit of work of its own: the BAPI and BAPI_TRANSACTION_COMMIT on the same connection, or
 * after a RETURN of type E or A BAPI_TRANSACTION_ROLLBACK and a failure.
 *
 * BAPIs have no key for idempotency. A change is compared with the record as it is first; a record is made only where none
 * has the write's reference.
 */
export async function writeBapi(
  port: RfcPort,
  mapping: BapiMapping,
  meanings: MessageMeanings,
  writes: readonly RecordWrite[],
): Promise<WriteResult[]> {
  return writeEach(writes, (write) =>
    port.withConnection((connection) => writeOne(connection, mapping, meanings, write)),
  )
}

async function writeOne(
  connection: RfcConnection,
  mapping: BapiMapping,
  meanings: MessageMeanings,
  write: RecordWrite,
): Promise<WriteResult> {
  const { key, fields, expected } = write
  const current = await getRecord(connection, mapping, key, meanings)
  if (current === undefined) {
    if (expected !== undefined && !has({}, emptied(expected))) return { outcome: 'conflict', key, current: null }
    return createOne(connection, mapping, meanings, write)
  }
  if (has(current, fields)) return { outcome: 'written', key }
  if (expected !== undefined && !has(current, expected)) return { outcome: 'conflict', key, current }
  const { update } = mapping
  if (update === undefined) {
    throw rejectedError(`"${mapping.entity}" has no BAPI to change it.`, { where: `${mapping.where}/update` })
  }
  const parameters = { ...parametersOf(update, fields), ...(update.key === undefined ? {} : { [update.key]: key }) }
  await committed(connection, update.function, parameters, meanings)
  return { outcome: 'written', key }
}

async function createOne(
  connection: RfcConnection,
  mapping: BapiMapping,
  meanings: MessageMeanings,
  { key, fields, idempotencyKey }: RecordWrite,
): Promise<WriteResult> {
  const { create } = mapping
  if (create === undefined) {
    throw rejectedError(`"${mapping.entity}" has no BAPI to make records.`, { where: `${mapping.where}/create` })
  }
  const reference = referenceOf(create, idempotencyKey)
  const found = await lookUp(connection, create, reference, meanings)
  if (found !== undefined) return { outcome: 'written', key, version: found }
  const parameters = parametersOf(create, fields)
  const { parameter, field } = create.reference
  const structure = parameters[parameter]
  parameters[parameter] = { ...(isStructure(structure) ? structure : {}), [field]: reference }
  if (create.key !== undefined) parameters[create.key] = key
  await committed(connection, create.function, parameters, meanings)
  const made = await lookUp(connection, create, reference, meanings)
  return { outcome: 'written', key, ...(made === undefined ? {} : { version: made }) }
}

/** The same for each try of the same write, and short enough for the field. */
function referenceOf({ reference }: BapiCreate, idempotencyKey: string): string {
  return hash('sha256', idempotencyKey).toUpperCase().slice(0, reference.characters)
}

async function lookUp(
  connection: RfcConnection,
  { lookup }: BapiCreate,
  reference: string,
  meanings: MessageMeanings,
): Promise<string | undefined> {
  const answer = await connection.call(lookup.function, { ...lookup.parameters, [lookup.key]: reference })
  const rows = answer[lookup.table]
  const [row] = Array.isArray(rows) ? rows : []
  if (row !== undefined) return textOf(row[lookup.column])
  const failures = failuresIn(answer)
  // "Nothing found" is a message too, and can't be told from others; without rows only locks and rights are worth an error.
  if (failures.length > 0) {
    const error = bapiError(lookup.function, failures, meanings)
    if (error instanceof HubError && error.family !== 'reject') throw error
  }
  return undefined
}

async function committed(
  connection: RfcConnection,
  functionModule: string,
  parameters: RfcStructure,
  meanings: MessageMeanings,
): Promise<void> {
  const failures = failuresIn(await connection.call(functionModule, parameters))
  if (failures.length > 0) {
    await connection.call('BAPI_TRANSACTION_ROLLBACK', {})
    throw bapiError(functionModule, failures, meanings)
  }
  // WAIT: the update task has run when the answer comes, and what it could not do is told.
  const commit = await connection.call('BAPI_TRANSACTION_COMMIT', { WAIT: 'X' })
  const refused = failuresIn(commit)
  if (refused.length > 0) throw bapiError('BAPI_TRANSACTION_COMMIT', refused, meanings)
}

/** The write's structures as import parameters, with `X` in the flags of each field that changes. */
function parametersOf(change: BapiChange, fields: JsonObject): RfcStructure {
  const parameters: RfcStructure = { ...change.parameters }
  for (const [result, value] of Object.entries(fields)) {
    const target = change.structures[result]
    if (target === undefined) {
      throw rejectedError(`The BAPI ${change.function} does not take "${result}".`, { where: `/fields/${result}` })
    }
    parameters[target.parameter] = abap(value, `/fields/${result}`)
    if (target.flags !== undefined && isJsonObject(value)) {
      parameters[target.flags] = Object.fromEntries(Object.keys(value).map((name) => [name, 'X']))
    }
  }
  return parameters
}

function abap(value: Json, where: string): RfcStructure | RfcStructure[] {
  const one = (each: Json): RfcStructure => {
    if (!isJsonObject(each)) throw rejectedError('A structure of a BAPI must be an object.', { where })
    const entries = Object.entries(each).map(([name, field]): [string, string | number] => {
      if (typeof field === 'object' && field !== null)
        throw rejectedError('A field of a structure must be a plain value.', { where })
      if (typeof field === 'boolean') return [name, field ? 'X' : '']
      return [name, field ?? '']
    })
    return Object.fromEntries(entries)
  }
  return Array.isArray(value) ? value.map(one) : one(value)
}

function isStructure(value: RfcStructure[string]): value is RfcStructure {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array)
}

/** A precondition without its members that say "nothing": these are met by a record that is not there. */
function emptied(expected: JsonObject): JsonObject {
  const entries = Object.entries(expected)
    .map(([name, value]): [string, Json] => [name, isJsonObject(value) ? emptied(value) : value])
    .filter(([, value]) => value !== null && value !== '' && !(isJsonObject(value) && Object.keys(value).length === 0))
  return Object.fromEntries(entries)
}
