import type { RecordWrite, WriteResult } from '../../../hub/contracts/connector.ts'
import type { HubError } from '../../../hub/contracts/hub-error.ts'
import { rejectedError, settingsError } from '../../shared/errors.ts'
import { writeEach } from '../../shared/write-each.ts'
import type { IdocOptions } from '../entity-options.ts'
import type { SapHttp } from '../sap-http.ts'
import type { SapSettings } from '../settings.ts'
import { buildIdoc, documentNumber, type IdocControl } from './build.ts'

/**
 * Sends each write as an IDoc of its own. `written` means what SAP's answer means: the IDoc was transmitted and stored there
 * (as status 03 says on the other way). Whether it was processed (53) or failed (51) shows only later, when the record comes
 * back changed. `version` is its DOCNUM, which a repeat of the write has too.
 *
 * An IDoc can not compare before it writes: a write with a precondition fails, unless the settings say that it may be ignored.
 */
export async function writeIdocs(
  http: SapHttp,
  settings: SapSettings,
  options: IdocOptions,
  writes: readonly RecordWrite[],
  now: () => number,
): Promise<WriteResult[]> {
  if (settings.idoc.receiver.partner === '' || settings.idoc.receiver.port === '') {
    throw settingsError('Outbound IDocs need idocReceiverPartner and idocReceiverPort.', {
      where: '/settings/idocReceiverPartner',
    })
  }
  const { idocType } = options
  if (idocType === undefined) {
    throw settingsError(`"${options.entity}" has no IDoc type by which it could be written.`, {
      where: `/settings/idocTypes/${options.entity}`,
      fix: 'Name its basic type there, or write it by OData or BAPI.',
    })
  }
  const control: Omit<IdocControl, 'now'> = {
    client: settings.sapClient ?? '',
    messageType: options.messageType,
    idocType,
    sender: settings.idoc.sender,
    receiver: settings.idoc.receiver,
    partnerType: settings.idoc.partnerType,
  }
  return writeEach(writes, async ({ key, fields, expected = {}, idempotencyKey }) => {
    if (options.precondition === 'refuse' && Object.keys(expected).length > 0) throw noPrecondition(options)
    await transmit(http, settings, buildIdoc({ ...control, now: now() }, fields, idempotencyKey))
    return { outcome: 'written', key, version: documentNumber(idempotencyKey) }
  })
}

async function transmit(http: SapHttp, settings: SapSettings, xml: string): Promise<void> {
  const response = await http.send({
    method: 'POST',
    path: settings.idoc.path,
    headers: { 'content-type': 'text/xml; charset=utf-8', accept: '*/*' },
    body: xml,
  })
  if (response.status < 200 || response.status >= 300) throw http.refusal(response)
}

function noPrecondition({ entity }: IdocOptions): HubError {
  return rejectedError(`"${entity}" is written as IDocs, which can not compare with what was last seen.`, {
    where: '/settings/idocPrecondition',
    fix: 'Write it by OData or BAPI, or set idocPrecondition: ignore and accept that the last writer wins.',
  })
}
