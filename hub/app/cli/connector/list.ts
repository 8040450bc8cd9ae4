import type { ConnectorSpec } from '../../../contracts/connector.ts'
import { loadConnectors, workspaceConnectors } from '../../workspace-connectors.ts'
import { EXIT } from '../shared/exit-codes.ts'
import type { Io } from '../shared/io.ts'
import { json, table } from '../shared/text.ts'
import { workspaceOf } from './connector-workspace.ts'

/** `omnihub connector list`: the hub's connectors and those of a workspace. */
export async function listConnectors(given: string | undefined, asJson: boolean, io: Io): Promise<number> {
  const workspace = workspaceOf(io, given)
  const own = new Map((await workspaceConnectors(workspace)).map(({ name, path }) => [name, path]))
  const specs = await loadConnectors(workspace)
  if (asJson) {
    io.out(
      json(
        specs.map(({ name, title, description, capabilities, verification }) => ({
          name,
          title,
          description,
          capabilities,
          verification,
          path: own.get(name) ?? null,
        })),
      ),
    )
    return EXIT.done
  }
  const rows = specs.map((spec) => [
    spec.name,
    spec.title,
    waysOf(spec),
    own.has(spec.name) ? "the workspace's own" : spec.verification.by,
  ])
  io.out(table(['connector', 'system', 'can', 'behind its tests'], rows))
  return EXIT.done
}

function waysOf({ capabilities }: ConnectorSpec): string {
  const ways = [
    ['snapshot', capabilities.backfill],
    ['poll', capabilities.poll],
    ['log', capabilities.subscribe],
    ['push', capabilities.receive],
    ['write', capabilities.write],
    ['create', capabilities.create === true],
  ] as const
  return ways.flatMap(([way, can]) => (can ? [way] : [])).join(', ')
}
