import type { ConnectorSpec } from '../../hub/contracts/connector.ts'
import { TABLE_OPTIONS } from '../shared/table-options.ts'
import { MysqlConnector } from './connector.ts'
import { MYSQL_SETTINGS, mysqlSettings } from './settings.ts'

export const mysql: ConnectorSpec = {
  name: 'mysql',
  title: 'MySQL and MariaDB',
  description:
    'Reads tables and views of a MariaDB (10.5 or newer) or MySQL (8 or newer) database: snapshots by key, polls by watermark or follows the row-based binary log. Writes rows back by key.',
  settings: MYSQL_SETTINGS,
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
    how: 'All of the conformance kit runs against a MariaDB 10.11 server with its binary log, kills and cut lines. MySQL itself was not tried.',
  },
  open: (config, context) => Promise.resolve(new MysqlConnector(mysqlSettings(config), context)),
}
