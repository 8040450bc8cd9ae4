import type { ConnectorSpec } from '../../hub/contracts/connector.ts'
import { TABLE_OPTIONS } from '../shared/table-options.ts'
import { SQLSERVER_SETTINGS, sqlServerSettings } from './settings.ts'

export const sqlserver: ConnectorSpec = {
  name: 'sqlserver',
  title: 'SQL Server',
  description:
    'Reads tables and views of a Microsoft SQL Server (2016 or newer) or Azure SQL database: snapshots by key, polls by row version or any watermark, or follows Change Tracking. Writes rows back by key.',
  settings: SQLSERVER_SETTINGS,
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
    by: 'fake checked by independent clients',
    how: 'mssql before a server that speaks TDS 7.4 with a real PostgreSQL behind it, which FreeTDS and python-tds have checked. It proves the protocol, the locks and the transactions, not T-SQL: that is only parsed, by SQLFluff. Neither TLS, Azure nor a named instance was tried.',
    liveEnvironment: 'SQLSERVER_URL',
  },
  async open(config, context) {
    const settings = sqlServerSettings(config)
    // mssql takes a moment to load, which a hub without such a system need not wait for.
    const { SqlServerConnector } = await import('./connector.ts')
    return new SqlServerConnector(settings, context)
  },
}
