/** The connectors of this repository, one line each. */
import type { ConnectorSpec } from '../hub/contracts/connector.ts'
import { amqp } from './amqp/index.ts'
import { file } from './file/index.ts'
import { mysql } from './mysql/index.ts'
import { oracle } from './oracle/index.ts'
import { postgres } from './postgres/index.ts'
import { rest } from './rest/index.ts'
import { salesforce } from './salesforce/index.ts'
import { sap } from './sap/index.ts'
import { soap } from './soap/index.ts'
import { sqlserver } from './sqlserver/index.ts'
import { webhook } from './webhook/index.ts'

export const CONNECTORS: readonly ConnectorSpec[] = [
  amqp,
  file,
  mysql,
  oracle,
  postgres,
  rest,
  sap,
  salesforce,
  soap,
  sqlserver,
  webhook,
]
