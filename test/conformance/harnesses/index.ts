/** A harness for each connector of the registry; the test fails for one that has none. */
import type { ConnectorHarness } from '../../../connectors/conformance/harness.ts'
import { amqpHarness } from './amqp.ts'
import { folderHarness, sftpHarness } from './file.ts'
import { mysqlHarness } from './mysql.ts'
import { oracleHarness } from './oracle.ts'
import { postgresHarness } from './postgres.ts'
import { restHarness } from './rest.ts'
import { sapV2Harness, sapV4Harness } from './sap.ts'
import { outboundMessagesHarness, salesforceHarness } from './salesforce.ts'
import { soapHarness } from './soap.ts'
import { sqlServerHarness } from './sqlserver.ts'
import { webhookHarness } from './webhook.ts'

export const HARNESSES: readonly ConnectorHarness[] = [
  amqpHarness,
  folderHarness,
  sftpHarness,
  mysqlHarness,
  oracleHarness,
  postgresHarness,
  restHarness,
  sapV2Harness,
  sapV4Harness,
  salesforceHarness,
  outboundMessagesHarness,
  soapHarness,
  sqlServerHarness,
  webhookHarness,
]
