/**
 * The part of the conformance kit that changes nothing, on a real organization: runs where SALESFORCE_URL names its login
 * address, SALESFORCE_CLIENT_ID the connected app, and the settings of one way to log in are there:
 * SALESFORCE_CLIENT_SECRET; or SALESFORCE_USERNAME with SALESFORCE_PRIVATE_KEY (PEM); or all of
 * SALESFORCE_CLIENT_SECRET, SALESFORCE_USERNAME and SALESFORCE_PASSWORD (with its security token behind it).
 * SALESFORCE_OBJECTS lists the objects to read, by default Contact and Account.
 */
import { jest } from '@jest/globals'
import type { EntityConfig } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { runLive } from '../conformance/live/run-live.ts'
import { scoreTable } from '../conformance/run.ts'
import { salesforce } from './index.ts'

jest.setTimeout(15 * 60_000)

const {
  SALESFORCE_URL: loginUrl,
  SALESFORCE_CLIENT_ID: clientId,
  SALESFORCE_CLIENT_SECRET: clientSecret,
  SALESFORCE_USERNAME: username,
  SALESFORCE_PASSWORD: password,
  SALESFORCE_PRIVATE_KEY: privateKey,
  SALESFORCE_OBJECTS: objects = 'Contact,Account',
} = process.env

function login(): JsonObject | undefined {
  if (username !== undefined && privateKey !== undefined) return { auth: 'jwt', username, privateKey }
  if (clientSecret === undefined) return undefined
  if (username !== undefined && password !== undefined) return { auth: 'password', clientSecret, username, password }
  return { auth: 'client-credentials', clientSecret }
}

test('a real organization is read as the conformance kit demands', async () => {
  const credentials = login()
  if (loginUrl === undefined || clientId === undefined || credentials === undefined) {
    console.warn(
      'Skipped, because SALESFORCE_URL, SALESFORCE_CLIENT_ID and the settings of a login name no organization.',
    )
    return
  }
  const entities: EntityConfig[] = objects
    .split(',')
    .map((entity) => ({ entity: entity.trim(), mode: 'poll', options: {} }))
  const outcomes = await runLive({
    spec: salesforce,
    settings: { loginUrl, clientId, ...credentials },
    secrets: [clientSecret, password, privateKey].filter((secret) => secret !== undefined),
    entities,
    recordsMax: 5000,
    timeoutMs: 5 * 60_000,
  })
  process.stdout.write(`\n${scoreTable('salesforce, live', outcomes)}\n`)
  expect(outcomes.filter(({ verdict }) => verdict === 'failed')).toEqual([])
})
