/**
 * Against a real service, where SOAP_WSDL_URL names one: SOAP_SETTINGS may hold further settings, SOAP_OPTIONS the options of an
 * entity to read, both JSON. Nothing is written there.
 */
import type { JsonObject } from '../../hub/contracts/json.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { soap } from './index.ts'

const { SOAP_WSDL_URL, SOAP_SETTINGS = '{}', SOAP_OPTIONS } = process.env
const live = SOAP_WSDL_URL === undefined ? test.skip : test

if (SOAP_WSDL_URL === undefined) console.log('No service is named in SOAP_WSDL_URL: the live test of SOAP is left out.')

live('a real service is checked and discovered, and an entity of it is read', async () => {
  const settings = { ...(JSON.parse(SOAP_SETTINGS) as JsonObject), wsdl: SOAP_WSDL_URL ?? '' }
  const connector = await soap.open(settings, quietContext('live', new AbortController().signal))
  const options = SOAP_OPTIONS === undefined ? undefined : (JSON.parse(SOAP_OPTIONS) as JsonObject)
  const entities = options === undefined ? [] : [{ entity: 'Live', options }]
  const { serverVersion, warnings } = await connector.check(entities)
  const discovered = await connector.discover?.()
  console.log(serverVersion, warnings, JSON.stringify(discovered, null, 1))
  for (const entity of entities) {
    for await (const page of connector.backfill?.(entity, null) ?? []) {
      expect(page.records.every(({ key }) => key !== '')).toBe(true)
      break
    }
  }
  await connector.close()
})
