import type { ConnectorSpec } from '../../hub/contracts/connector.ts'
import { TABLE_OPTIONS } from '../shared/table-options.ts'
import { PostgresConnector } from './connector.ts'
import { POSTGRES_SETTINGS, postgresSettings } from './settings.ts'

export const postgres: ConnectorSpec = {
  name: 'postgres',
  title: 'PostgreSQL',
  description:
    'Reads tables and views of a PostgreSQL database (14 or newer): snapshots by key, polls by watermark or follows the log (pgoutput). Writes rows back by key.',
  settings: POSTGRES_SETTINGS,
  entityOptions: TABLE_OPTIONS,
  capabilities: {
    discover: true,
    backfill: true,
    poll: true,
    subscribe: true,
    receive: false,
    write: true,
    deletes: { poll: false, subscribe: true },
  },
  verification: {
    by: 'real server',
    how: 'All of the conformance kit runs against a PostgreSQL 15 server, with logical replication, kills and cut lines.',
  },
  open: (config, context) => Promise.resolve(new PostgresConnector(postgresSettings(config), context)),
}
