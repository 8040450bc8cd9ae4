/**
 * A hub with the connector engine and without its HTTP server, as a process of its own, to be killed:
 *   node test/support/engine-process.ts <workspace> <database url> [share of changes that come twice]
 * `${env:...}` references find this process's environment. Prints `ready` once the engine runs.
 */
import { CONNECTORS } from '../../connectors/index.ts'
import { createLog } from '../../hub/app/log.ts'
import { readWorkspace } from '../../hub/app/workspace.ts'
import type { Change } from '../../hub/contracts/change.ts'
import { ConnectorEngine } from '../../hub/intake/connector-engine/connector-engine.ts'
import { startCore } from './core.ts'

const [workspace = '', databaseUrl = '', twice = '0'] = process.argv.slice(2)
const running = await startCore({ workspace, databaseUrl })
const accept = async (changes: Change[]): Promise<{ accepted: number; duplicates: number }> => {
  const answer = await running.core.acceptor.accept(changes)
  const again = changes.filter(() => Math.random() < Number(twice))
  if (again.length > 0) await running.core.acceptor.accept(again)
  return answer
}
const engine = new ConnectorEngine({
  db: running.db,
  accept,
  systems: (await readWorkspace(workspace)).systems,
  connectors: CONNECTORS,
  environment: process.env,
  log: createLog('warn'),
  writer: running.core.writer,
})
engine.start()
console.log('ready')
