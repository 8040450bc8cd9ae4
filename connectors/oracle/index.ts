import type { ConnectorSpec } from '../../hub/contracts/connector.ts'
import { OracleConnector } from './connector.ts'
import type { OpenSession } from './session.ts'
import { ORACLE_OPTIONS, ORACLE_SETTINGS, oracleSettings } from './settings.ts'

export { changeTableDdl } from './change-table-ddl.ts'

/** @param openSession how to reach a database: node-oracledb, or what stands in for it in tests */
export function oracleSpec(openSession: OpenSession): ConnectorSpec {
  return {
    name: 'oracle',
    title: 'Oracle Database',
    description:
      'Reads tables and views of an Oracle Database (12.1 or newer): snapshots by key, polls by time of change, or follows a change table that a trigger fills. Writes rows back by key. Needs no Oracle client.',
    settings: ORACLE_SETTINGS,
    entityOptions: ORACLE_OPTIONS,
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
      by: 'unchecked fake',
      how: 'Not verified against Oracle. The logic runs before a real PostgreSQL, to which its few statements are translated; node-oracledb itself met refusing, silent and broken listeners only.',
      liveEnvironment: 'ORACLE_URL',
    },
    open: (config, context) => Promise.resolve(new OracleConnector(oracleSettings(config), context, openSession)),
  }
}

// The driver is loaded by the first session only.
export const oracle = oracleSpec(async (settings, system) =>
  (await import('./thin.ts')).openThinSession(settings, system),
)
