import { realpathSync } from 'node:fs'
import { HubError } from '../../../contracts/hub-error.ts'
import { packageFolder } from '../../package-folder.ts'
import type { Io } from '../shared/io.ts'
import { pathOf } from '../shared/files.ts'

/** The workspace that a command is about: what --workspace or OMNIHUB_WORKSPACE names, or the folder that one is in. */
export function workspaceOf(io: Io, given: string | undefined): string {
  return pathOf(io, given ?? io.env.OMNIHUB_WORKSPACE ?? '.')
}

/** Whether the folder is the hub's own repository, where connectors are built in. */
export function isRepository(folder: string): boolean {
  try {
    return realpathSync(folder) === realpathSync(packageFolder())
  } catch {
    return false
  }
}

export function unknownConnector(name: string, known: readonly string[]): HubError {
  return new HubError({
    code: 'cli.connector.unknown',
    family: 'reject',
    message: `There is no connector ${name}.`,
    fix: `Use one of ${known.join(', ')}, or make one with \`omnihub connector new ${name}\`.`,
  })
}
