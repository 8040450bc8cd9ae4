import type { SourceRecord } from '../../../hub/contracts/connector.ts'
import { isJsonObject, type Json } from '../../../hub/contracts/json.ts'
import { rejectedError } from '../../shared/errors.ts'
import type { Idoc } from './read.ts'

/** Where the key of a message's business object stands. Sales orders and invoices: the document number of the header. */
const KEYS: Readonly<Record<string, string>> = {
  DEBMAS: 'E1KNA1M.KUNNR',
  CREMAS: 'E1LFA1M.LIFNR',
  MATMAS: 'E1MARAM.MATNR',
  ORDERS: 'E1EDK01.BELNR',
  ORDRSP: 'E1EDK01.BELNR',
  INVOIC: 'E1EDK01.BELNR',
  DESADV: 'E1EDL20.VBELN',
}

/** MSGFN of the root segment: the object was deleted. */
const DELETED = '003'
const DOCNUM_DIGITS = 16

/**
 * An IDoc as a record of the entity that its message type names.
 *
 * Version: sender and number, which SAP gives once, so that a repeated IDoc is one change. Sequence: when it was made, to the
 * second, then its number; the number alone would not do, because application servers draw numbers in blocks. SAP transmits
 * IDocs in any order.
 * @param keys further message types, as in the settings
 * @param at place of the IDoc in its document
 */
export function idocRecord({ control, data }: Idoc, keys: Readonly<Record<string, string>>, at: number): SourceRecord {
  const type = control.MESTYP ?? ''
  const place = keys[type] ?? KEYS[type]
  if (place === undefined) {
    throw rejectedError(`IDocs of the message type ${type} are not known here.`, {
      where: `/IDOC/${at}/EDI_DC40/MESTYP`,
      fix: 'Say in the setting idocKeys where their key stands.',
    })
  }
  const [root = '', ...path] = place.split('.')
  const key = textAt(data, [root, ...path])
  if (key === undefined || key.trim() === '') {
    throw rejectedError(`An IDoc ${type} has no value in ${place}, its key.`, {
      where: `/IDOC/${at}/${place.replaceAll('.', '/')}`,
    })
  }
  const docnum = (control.DOCNUM ?? '').padStart(DOCNUM_DIGITS, '0')
  const isDeleted = textAt(data, [root, 'MSGFN']) === DELETED
  const record: SourceRecord = {
    entity: type,
    key: key.trim(),
    kind: isDeleted ? 'delete' : 'upsert',
    version: [control.SNDPRN, control.MANDT ?? '', docnum].join('~'),
    data: isDeleted ? null : data,
  }
  const madeAt = `${control.CREDAT ?? ''}${control.CRETIM ?? ''}`
  if (/^\d{14}$/.test(madeAt)) {
    record.sequence = `${madeAt}${docnum}`.replace(/^0+(?=\d)/, '')
    record.sequenceType = 'Integer'
  }
  return record
}

/** The text at a path of segment names, each time of the first segment of that name. */
function textAt(data: Json, path: readonly string[]): string | undefined {
  let value: Json | undefined = data
  for (const name of path) {
    const inside: Json | undefined = Array.isArray(value) ? value[0] : value
    value =
      isJsonObject(inside ?? null) && Object.hasOwn(inside as object, name)
        ? (inside as Record<string, Json>)[name]
        : undefined
  }
  return typeof value === 'string' ? value : undefined
}
