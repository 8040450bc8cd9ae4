import { isJsonObject, type Json, type JsonObject } from '../../hub/contracts/json.ts'

/** What the header of a change event says: https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_event_fields_header.htm */
export interface ChangeEvent {
  kind: 'change' | 'delete' | 'unknown'
  /** Empty with `unknown`: which records it concerns can't be told. */
  ids: string[]
  /** Names the change, also when it is delivered again. */
  version: string
  /** ms */
  committedAt: number
  /** API name of the client and mark of the request that made the change; '' where nobody left one. */
  origin: string
  /** Fields that it names. */
  fields: string[]
}

const ID = /^[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?$/

/** Undefined for what is no change event. */
export function readChangeEvent(payload: JsonObject, replayId: number): ChangeEvent | undefined {
  const header = payload.ChangeEventHeader
  if (!isJsonObject(header) || typeof header.changeType !== 'string') return undefined
  const ids = texts(header.recordIds)
  // A wildcard (`001*`) or no Id stands for more records than the event names.
  const areNamed = ids.length > 0 && ids.every((id) => ID.test(id) && !/^0+A*$/.test(id))
  const type = header.changeType.replace(/^GAP_/, '')
  const isKnown = ['CREATE', 'UPDATE', 'DELETE', 'UNDELETE', 'SNAPSHOT'].includes(type) && areNamed
  const key =
    typeof header.transactionKey === 'string' && header.transactionKey !== '' ? header.transactionKey : `r${replayId}`
  return {
    kind: !isKnown ? 'unknown' : type === 'DELETE' ? 'delete' : 'change',
    ids: isKnown ? ids : [],
    version: `${key}~${String(header.sequenceNumber ?? replayId)}~${type.charAt(0)}`,
    committedAt: typeof header.commitTimestamp === 'number' ? header.commitTimestamp : 0,
    origin: typeof header.changeOrigin === 'string' ? header.changeOrigin : '',
    fields: Object.keys(payload).filter((name) => name !== 'ChangeEventHeader'),
  }
}

/** `ContactChangeEvent`, `Thing__ChangeEvent`. */
export function changeChannel(object: string): string {
  return `/data/${object.endsWith('__c') ? `${object.slice(0, -1)}ChangeEvent` : `${object}ChangeEvent`}`
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}
