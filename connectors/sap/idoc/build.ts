import { hash } from 'node:crypto'
import { isJsonObject, type Json, type JsonObject } from '../../../hub/contracts/json.ts'
import { rejectedError } from '../../shared/errors.ts'
import { xmlText } from '../../shared/xml.ts'

export interface IdocControl {
  client: string
  messageType: string
  idocType: string
  sender: { port: string; partner: string }
  receiver: { port: string; partner: string }
  partnerType: string
  /** ms */
  now: number
}

const NAME = /^[A-Z][A-Z0-9_]{0,29}$/
const ARCHIVE_KEY_CHARACTERS = 70

/**
 * An IDoc as XML from fields in the form that `readIdocs` gives: segments as lists (or one as an object) under their names,
 * fields as text. The same idempotency key gives the same DOCNUM, by which the receiver can know a repeat; the key itself stands
 * in ARCKEY as far as it fits. Throws `connector.rejected` with a pointer.
 */
export function buildIdoc(control: IdocControl, fields: JsonObject, idempotencyKey: string): string {
  const { EDI_DC40: _own, ...segments } = fields
  const body = Object.entries(segments).map(([name, value]) => segmentText(name, value, '/fields'))
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<${named(control.idocType, '/settings/idocTypes')}><IDOC BEGIN="1">`,
    controlText(control, idempotencyKey),
    ...body,
    `</IDOC></${control.idocType}>\n`,
  ].join('')
}

/** 15 digits of a hash: DOCNUM has 16, and those that begin with 9 are left to SAP. */
export function documentNumber(idempotencyKey: string): string {
  const number = BigInt(`0x${hash('sha256', idempotencyKey).slice(0, 16)}`) % 10n ** 15n
  return number.toString().padStart(16, '0')
}

function controlText(control: IdocControl, idempotencyKey: string): string {
  const at = new Date(control.now).toISOString().replaceAll(/[-:T]/g, '')
  const fields = {
    TABNAM: 'EDI_DC40',
    MANDT: control.client,
    DOCNUM: documentNumber(idempotencyKey),
    DIRECT: '2',
    IDOCTYP: control.idocType,
    MESTYP: control.messageType,
    SNDPOR: control.sender.port,
    SNDPRT: control.partnerType,
    SNDPRN: control.sender.partner,
    RCVPOR: control.receiver.port,
    RCVPRT: control.partnerType,
    RCVPRN: control.receiver.partner,
    CREDAT: at.slice(0, 8),
    CRETIM: at.slice(8, 14),
    ARCKEY: idempotencyKey.slice(0, ARCHIVE_KEY_CHARACTERS),
  }
  const texts = Object.entries(fields).filter(([, value]) => value !== '')
  return `<EDI_DC40 SEGMENT="1">${texts.map(([name, value]) => `<${name}>${xmlText(value)}</${name}>`).join('')}</EDI_DC40>`
}

function segmentText(name: string, value: Json, where: string): string {
  const list = Array.isArray(value) ? value : [value]
  return list.map((each, at) => oneSegment(name, each, `${where}/${name}/${at}`)).join('')
}

function oneSegment(name: string, value: Json, where: string): string {
  if (!isJsonObject(value))
    throw rejectedError('A segment of an IDoc must be an object, or a list of objects.', { where })
  const members = Object.entries(value)
  // The fields of a segment stand before the segments inside it.
  const fields = members.filter(([, each]) => typeof each !== 'object' || each === null)
  const segments = members.filter(([, each]) => typeof each === 'object' && each !== null)
  return [
    `<${named(name, where)} SEGMENT="1">`,
    ...fields.map(([field, each]) => `<${named(field, where)}>${fieldText(each)}</${field}>`),
    ...segments.map(([segment, each]) => segmentText(segment, each, where)),
    `</${name}>`,
  ].join('')
}

function fieldText(value: Json): string {
  if (value === null) return ''
  // ABAP's own writing of a flag.
  if (typeof value === 'boolean') return value ? 'X' : ''
  return xmlText(String(value as string | number))
}

function named(name: string, where: string): string {
  if (NAME.test(name)) return name
  throw rejectedError('A name of an IDoc must be of capital letters, digits and _, at most 30.', { where })
}
