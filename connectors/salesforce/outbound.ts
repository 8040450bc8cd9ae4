import { createHash, timingSafeEqual } from 'node:crypto'
import type { PushRequest, PushResult, SourceRecord } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { rejectedError, settingsError } from '../shared/errors.ts'
import { child, children, parseXml, resolveQName, textOf, type XmlElement, xmlText } from '../shared/xml.ts'
import type { FieldInfo, ObjectCatalog } from './object-info.ts'
import { changedSequence } from './sequence.ts'
import type { SalesforceSettings } from './settings.ts'
import { textValue } from './values.ts'

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
const OUTBOUND = 'http://soap.sforce.com/2005/09/outbound'
const XSI = 'http://www.w3.org/2001/XMLSchema-instance'
const NAME = /^[A-Za-z]\w{0,79}$/
/** Salesforce puts at most 100 into a message. */
const NOTIFICATIONS_MAX = 1000

/**
 * Outbound messages: SOAP notifications with the fields that the message names. They repeat until they are acknowledged and
 * come in any order, so each record has the notification's Id as version and its time of change as sequence. The endpoint's
 * URL may say how the records are named: `?entity=Person&keyField=Key__c`; by default by the object and its Id.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging_notifications.htm
 */
export async function receiveOutbound(
  request: PushRequest,
  settings: SalesforceSettings,
  catalog: ObjectCatalog,
): Promise<PushResult> {
  requireSecret(request, settings)
  const notifications = notificationsOf(parseXml(request.body))
  requireOrganization(notifications, settings)
  const { entity, keyField = 'Id' } = request.query
  if (!NAME.test(keyField)) throw rejectedError('The keyField in the address of the endpoint is no API name.')
  const notes = children(notifications, 'Notification', OUTBOUND)
  if (notes.length === 0 || notes.length > NOTIFICATIONS_MAX) {
    throw rejectedError(`An outbound message must have 1 to ${NOTIFICATIONS_MAX} notifications.`)
  }
  const records = []
  for (const note of notes) records.push(await recordOf(note, entity, keyField, catalog))
  return { records, answer: { status: 200, contentType: 'text/xml; charset=utf-8', body: ACKNOWLEDGED }, refuse }
}

/** Compared by hashes, so that neither length nor content can be found out by time. */
function requireSecret({ headers, query }: PushRequest, { outboundSecret }: SalesforceSettings): void {
  if (outboundSecret === undefined) {
    throw settingsError('Outbound messages are not taken: there is no secret to know them by.', {
      where: '/settings/outboundSecret',
      fix: 'Set outboundSecret, and put it into the URL of the outbound message.',
    })
  }
  const basic = /^Basic ([\w+/=]+)$/i.exec(headers.authorization ?? '')?.[1]
  const password =
    basic === undefined ? undefined : Buffer.from(basic, 'base64').toString().split(':').slice(1).join(':')
  const given = query.secret ?? password
  if (given === undefined) throw unauthorized('no secret')
  if (!isEqual(given, outboundSecret)) throw unauthorized('wrong secret')
}

function requireOrganization(notifications: XmlElement, { organizationId }: SalesforceSettings): void {
  const given = textOf(notifications, 'OrganizationId', OUTBOUND)?.trim() ?? ''
  // The last three characters only repeat the case of the first fifteen.
  if (organizationId !== undefined && !isEqual(given.slice(0, 15), organizationId.slice(0, 15))) {
    throw unauthorized('another organization')
  }
}

function isEqual(given: string, wanted: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(wanted))
}

function unauthorized(internal: string): HubError {
  return new HubError({
    code: 'connector.push.unauthorized',
    family: 'reject',
    status: 401,
    message: 'The outbound message is not from the organization that this system is.',
    fix: 'Put the secret into the URL of the outbound message, and check the organization id in the settings.',
    internal,
  })
}

function notificationsOf(root: XmlElement): XmlElement {
  const body = root.name === 'Envelope' && root.namespace === SOAP ? child(root, 'Body', SOAP) : undefined
  const notifications = body && child(body, 'notifications', OUTBOUND)
  if (notifications) return notifications
  throw rejectedError('This is no outbound message: no Envelope with notifications in its Body.')
}

async function recordOf(
  note: XmlElement,
  entity: string | undefined,
  keyField: string,
  catalog: ObjectCatalog,
): Promise<SourceRecord> {
  const id = textOf(note, 'Id', OUTBOUND)?.trim()
  const object = child(note, 'sObject', OUTBOUND)
  const type = object && resolveQName(object, object.attributes[`{${XSI}}type`] ?? '')
  if (id === undefined || id === '' || object === undefined || type === undefined || !NAME.test(type.name)) {
    throw rejectedError('A notification has no Id, no sObject, or an sObject without its type.')
  }
  const fields = new Map((await catalog.fields(type.name)).map((field) => [field.name.toLowerCase(), field]))
  const data = dataOf(object, fields)
  const field = fields.get(keyField.toLowerCase())
  const key = field && data[field.name]
  if (typeof key !== 'string' || key === '') {
    throw rejectedError(`A record of an outbound message has no ${keyField}.`, {
      fix: `Add ${keyField} to the fields of the outbound message.`,
    })
  }
  const stamp = [data.SystemModstamp, data.LastModifiedDate].find((value) => typeof value === 'string')
  return {
    entity: entity ?? type.name,
    key,
    kind: data.IsDeleted === true ? 'delete' : 'upsert',
    version: `om~${id}`,
    data,
    ...(stamp === undefined ? {} : { sequence: changedSequence(stamp), sequenceType: 'Integer', time: stamp }),
  }
}

/** A field without a value is not in the message; one that is there but nil is null. */
function dataOf(object: XmlElement, fields: ReadonlyMap<string, FieldInfo>): JsonObject {
  const data: JsonObject = Object.create(null) as JsonObject
  for (const element of object.children) {
    const field = fields.get(element.name.toLowerCase())
    const nil = element.attributes[`{${XSI}}nil`]
    const isNil = nil === 'true' || nil === '1'
    // A field of a related object has elements in it: it belongs to another record.
    if (element.children.length > 0) continue
    data[field?.name ?? element.name] = isNil ? null : textValue(field ?? { type: 'string' }, element.text)
  }
  return { ...data }
}

const ACKNOWLEDGED = envelope(`<notificationsResponse xmlns="${OUTBOUND}"><Ack>true</Ack></notificationsResponse>`)

/** Salesforce sends again whatever is not acknowledged, for 24 hours. */
function refuse(error: HubError): { status: number; contentType: string; body: string } {
  const code = error.family === 'reject' ? 'soapenv:Client' : 'soapenv:Server'
  const fault = `<soapenv:Fault><faultcode>${code}</faultcode><faultstring>${xmlText(error.message)}</faultstring></soapenv:Fault>`
  return { status: 500, contentType: 'text/xml; charset=utf-8', body: envelope(fault) }
}

function envelope(inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="${SOAP}"><soapenv:Body>${inner}</soapenv:Body></soapenv:Envelope>`
}
