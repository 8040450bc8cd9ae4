import type { CheckResult, EntityConfig } from '../../hub/contracts/connector.ts'
import { checkOptions } from './check-options.ts'
import { soapEntity } from './entity-options.ts'
import { readPage } from './pages.ts'
import type { SoapClient } from './soap-client.ts'
import { readRecord } from './write.ts'
import { positionValues } from './rows.ts'

/** Reads the WSDL, holds the options of the entities against it, and calls what only reads. */
export async function checkSoap(client: SoapClient, configs: readonly EntityConfig[]): Promise<CheckResult> {
  client.forget()
  const wsdl = await client.wsdl()
  client.endpointOf(wsdl)
  const warnings: string[] = []
  const entities = configs.map(soapEntity)
  // All of the options before the first call: a slip is told though the service may be away.
  for (const entity of entities) warnings.push(...checkOptions(wsdl, entity))
  for (const entity of entities) {
    const { list, changes, get } = entity
    const position = { first: undefined as readonly string[] | undefined }
    for (const each of [list, changes]) {
      if (!each) continue
      const { rows } = await readPage({ client, entity, list: each }, {}, undefined, 1)
      position.first ??= rows[0]?.position
    }
    if (get && position.first) {
      const found = await readRecord(
        { client, wsdl, entity },
        get,
        positionValues(position.first, entity.keyFields, 'key'),
      )
      if (!found) warnings.push(`${entity.entity}: get did not find a record that list has just shown`)
    }
  }
  if (entities.length === 0) warnings.push('without entities nothing was called, so the account was not tried')
  const count = wsdl.operations.size
  return { serverVersion: `${wsdl.service}/${wsdl.port}, SOAP ${wsdl.version}, ${count} operations`, warnings }
}
