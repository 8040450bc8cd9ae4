/**
 * A hub with the connector engine and without its HTTP server, as a process of its own, to be killed:
 *   node test/support/engine-process.ts <workspace> <database url>
 * `${env:...}` references find this process's environment. Prints `ready` once the engine runs.
 */
import { CONNECTORS } from '../../connectors/index.ts'
import { createLog } from '../../hub/app/log.ts'
import { readWorkspace } from '../../hub/app/workspace.ts'
import { ConnectorEngine } from '../../hub/intake/connector-engine/connector-engine.ts'
import { startCore } from './core.ts'

const [workspace = '', databaseUrl = ''] = process.argv.slice(2)
const running = await startCore({ workspace, databaseUrl })
const engine = new ConnectorEngine({
  db: running.db,
  accept: (changes) => running.core.acceptor.accept(changes),
  systems: (await readWorkspace(workspace)).systems,
  connectors: CONNECTORS,
  environment: process.env,
  log: createLog('warn'),
})
engine.start()
console.log('ready')
