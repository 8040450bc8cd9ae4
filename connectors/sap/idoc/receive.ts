import { hash, timingSafeEqual } from 'node:crypto'
import type { PushRequest, PushResult } from '../../../hub/contracts/connector.ts'
import { HubError } from '../../../hub/contracts/hub-error.ts'
import { rejectedError } from '../../shared/errors.ts'
import { parseXml } from '../../shared/xml.ts'
import type { IdocSettings } from '../settings.ts'
import { readIdocs } from './read.ts'
import { idocRecord } from './records.ts'

/**
 * IDocs as SAP's port of type "XML HTTP" posts them: one document with one or many. All of a document are taken or none, as
 * SAP resends the document as a whole. SAP reads nothing but the status: 200 says that the IDocs are in the hub's hands
 * (transmitted, status 03 there), not that they were applied.
 *
 * Throws `connector.push.unauthorized` and `connector.rejected`.
 */
export function receiveIdocs(settings: IdocSettings, request: PushRequest): Promise<PushResult> {
  // As a promise in any case: what is thrown below must reach the caller as a rejection.
  return Promise.resolve().then(() => {
    authorize(settings, request.headers.authorization)
    if (request.method !== 'POST') throw rejectedError('IDocs are sent with POST.')
    const charset = /;\s*charset="?([^\s";]+)/i.exec(request.headers['content-type'] ?? '')?.[1]
    const idocs = readIdocs(parseXml(request.body, charset === undefined ? {} : { charset }))
    for (const [at, { control }] of idocs.entries()) {
      if (settings.partners === undefined || settings.partners.includes(control.SNDPRN ?? '')) continue
      throw rejectedError('The sender partner of an IDoc is none of those whose IDocs are taken.', {
        where: `/IDOC/${at}/EDI_DC40/SNDPRN`,
        fix: 'Name it in the setting idocPartners.',
      })
    }
    const records = idocs.map((idoc, at) => idocRecord(idoc, settings.keys, at))
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<transmitted idocs="${records.length}"/>\n`
    return { records, answer: { status: 200, contentType: 'application/xml; charset=utf-8', body } }
  })
}

function authorize({ user, password, secret }: IdocSettings, given: string | undefined): void {
  const wanted =
    secret !== undefined
      ? `Bearer ${secret}`
      : user !== undefined && password !== undefined
        ? `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
        : undefined
  if (wanted === undefined) {
    throw unauthorized(
      'No password is set for IDocs, so that none are taken.',
      'Set idocUser and idocPassword, or idocSecret.',
    )
  }
  if (given === undefined || !isEqual(given.trim(), wanted))
    throw unauthorized('The password of the push is wrong or missing.')
}

/** In a time that does not depend on where the texts differ. */
function isEqual(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'))
}

function unauthorized(message: string, fix?: string): HubError {
  return new HubError({
    code: 'connector.push.unauthorized',
    family: 'reject',
    status: 401,
    message,
    ...(fix === undefined ? {} : { fix }),
  })
}
