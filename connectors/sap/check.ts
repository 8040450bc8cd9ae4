import type { CheckResult } from '../../hub/contracts/connector.ts'
import { settingsError } from '../shared/errors.ts'
import type { ODataOptions, SapOptions } from './entity-options.ts'
import { requireMark } from './odata/create.ts'
import type { ODataService } from './odata/service.ts'
import { ODataSource } from './odata/source.ts'
import { bapiMapping } from './rfc/mapping.ts'
import type { RfcPort } from './rfc/port.ts'
import type { SapHttp } from './sap-http.ts'
import type { SapSettings } from './settings.ts'

export interface Checked {
  settings: SapSettings
  options: readonly SapOptions[]
  http(): SapHttp
  service(options: ODataOptions): ODataService
  rfc: RfcPort
}

/** Signs in and tries what each entity needs: its metadata and one record, an RFC connection, or the settings of its IDocs. */
export async function checkSap({ settings, options, http, service, rfc }: Checked): Promise<CheckResult> {
  const warnings: string[] = []
  const versions = new Set<string>()
  for (const each of options) {
    if (each.protocol === 'odata') {
      await checkSet(service(each), each)
      versions.add(`OData V${each.version}`)
    } else if (each.protocol === 'bapi') {
      bapiMapping(each)
      versions.add(await rfc.ping())
    } else if (each.idocType !== undefined) {
      mustHaveReceiver(settings, each.where)
      warnings.push(`Writes of "${each.entity}" go as IDocs: written means transmitted, not yet processed by SAP.`)
    }
  }
  if (versions.size === 0 && settings.baseUrl !== undefined) {
    for (const path of settings.services) await checkAnswer(http(), `${path}/$metadata`)
    // Every SAP application server answers here, without a right of its own.
    if (settings.services.length === 0) await checkAnswer(http(), '/sap/bc/ping')
  }
  return {
    serverVersion: versions.size === 0 ? 'SAP (OData V2 and V4)' : `SAP (${[...versions].join(', ')})`,
    warnings,
  }
}

async function checkSet(service: ODataService, options: ODataOptions): Promise<void> {
  for (const fields of [options.changeFields, options.createFields]) {
    const source = await ODataSource.open(service, options, fields)
    await source.pageByKey(null, 1)
    requireMark(source)
  }
}

async function checkAnswer(http: SapHttp, path: string): Promise<void> {
  const response = await http.send({ path, headers: { accept: '*/*' } })
  // A server that has no such page has let the user in.
  if (response.status >= 400 && response.status !== 404) throw http.refusal(response)
}

function mustHaveReceiver({ idoc }: SapSettings, where: string): void {
  if (idoc.receiver.partner !== '' && idoc.receiver.port !== '') return
  const name = idoc.receiver.partner === '' ? 'idocReceiverPartner' : 'idocReceiverPort'
  throw settingsError(`The setting "${name}" is missing; outbound IDocs (${where}) need it.`, {
    where: `/settings/${name}`,
  })
}
