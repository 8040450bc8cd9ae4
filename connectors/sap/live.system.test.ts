/**
 * The part of the conformance kit that changes nothing, on a real SAP Gateway: runs where SAP_ODATA_URL names its address, with
 * SAP_ODATA_USER and SAP_ODATA_PASSWORD. Where they differ from the defaults: SAP_ODATA_CLIENT, SAP_ODATA_SERVICE,
 * SAP_ODATA_VERSION, SAP_ODATA_SET, and SAP_ODATA_CHANGE_FIELDS (comma-separated; empty to compare instead).
 */
import { jest } from '@jest/globals'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { tellSkipped } from '../../test/support/skipped.ts'
import { runLive } from '../conformance/live/run-live.ts'
import { scoreTable } from '../conformance/run.ts'
import { sap } from './index.ts'

jest.setTimeout(15 * 60_000)

const {
  SAP_ODATA_URL: baseUrl = '',
  SAP_ODATA_USER: user = '',
  SAP_ODATA_PASSWORD: password = '',
  SAP_ODATA_CLIENT: sapClient = '',
  SAP_ODATA_SERVICE: service = '/sap/opu/odata/sap/API_BUSINESS_PARTNER',
  SAP_ODATA_VERSION: version = '2',
  SAP_ODATA_SET: entitySet = 'A_BusinessPartner',
  SAP_ODATA_CHANGE_FIELDS: changeFields = 'LastChangeDate,LastChangeTime',
} = process.env

tellSkipped(baseUrl === '' ? 'The live test of sap is skipped: SAP_ODATA_URL names no SAP Gateway.' : null)
const live = baseUrl === '' ? test.skip : test

live('A real SAP Gateway is read as the conformance kit demands', async () => {
  const following: JsonObject = changeFields === '' ? { follow: 'scan' } : { changeFields: changeFields.split(',') }
  const outcomes = await runLive({
    spec: sap,
    settings: { baseUrl, user, password, services: [service], ...(sapClient === '' ? {} : { sapClient }) },
    secrets: [password],
    entities: [{ entity: entitySet, mode: 'poll', options: { service, version, ...following } }],
    recordsMax: 5000,
    timeoutMs: 5 * 60_000,
  })
  process.stdout.write(`\n${scoreTable('sap, live', outcomes)}\n`)
  expect(outcomes.filter(({ verdict }) => verdict === 'failed')).toEqual([])
})
