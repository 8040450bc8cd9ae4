/**
 * PostgreSQL refuses to run as root, and root is who runs the hub on many a fresh machine. Here root's children become
 * the user `postgres`, which is made if the machine has none.
 */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { HubError } from '../../contracts/hub-error.ts'

const run = promisify(execFile)
const USER = 'postgres'
const SETPRIV = '/usr/bin/setpriv'
// Numbers of the kernel's capabilities(7).
const CAP_DAC_OVERRIDE = 1n
const CAP_SETPCAP = 8n
// no_setuid_fixup: initdb asks access(2) whether it may run the server, which otherwise answers for a user without privileges.
const KEEP_PRIVILEGE = [
  '--securebits=+no_setuid_fixup',
  '--inh-caps=-all,+dac_override',
  '--ambient-caps=-all,+dac_override',
]

export interface Identity {
  uid: number
  gid: number
}

/** Who a PostgreSQL server shall run as: null when this process is not root and may run it as itself. */
export async function unprivilegedIdentity(): Promise<Identity | null> {
  if (process.getuid?.() !== 0) return null
  return (await lookUp()) ?? (await makeUser())
}

/**
 * The command line that runs `command` as `identity`. The one privilege it keeps is to pass over file permissions:
 * otherwise a checkout below /root, which only root may enter, could hold neither the server's program nor its data.
 * With `endWithParent` the kernel sends that signal when this process dies, however it dies; only Linux has that.
 */
export function commandAs(
  identity: Identity | null,
  command: string,
  args: readonly string[],
  endWithParent?: 'INT' | 'TERM' | 'KILL',
): [string, string[]] {
  const flags: string[] = []
  if (identity !== null) {
    flags.push(`--reuid=${identity.uid}`, `--regid=${identity.gid}`, '--clear-groups')
    if (canKeepPrivilege()) flags.push(...KEEP_PRIVILEGE)
  }
  if (endWithParent !== undefined && existsSync(SETPRIV)) flags.push('--pdeathsig', endWithParent)
  return flags.length === 0 ? [command, [...args]] : [SETPRIV, [...flags, '--', command, ...args]]
}

/** Containers may run root without these; then files must be where the server's user can reach them. */
function canKeepPrivilege(): boolean {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : ''
  const held = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`)
  return [CAP_DAC_OVERRIDE, CAP_SETPCAP].every((bit) => (held >> bit) & 1n)
}

async function lookUp(): Promise<Identity | undefined> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const fields = passwd
    .split('\n')
    .find((line) => line.startsWith(`${USER}:`))
    ?.split(':')
  return fields === undefined ? undefined : { uid: Number(fields[2]), gid: Number(fields[3]) }
}

async function makeUser(): Promise<Identity> {
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', USER])
  } catch (cause) {
    const made = await lookUp()
    if (made !== undefined) return made
    throw new HubError({
      code: 'store.embedded.user',
      family: 'config',
      message: `PostgreSQL can't run as root, and the user ${USER} could not be made.`,
      fix: `Make it (useradd --system ${USER}), run the hub as another user than root, or set DATABASE_URL.`,
      internal: String(cause),
      cause,
    })
  }
  const made = await lookUp()
  if (made === undefined) throw new Error(`useradd made no user ${USER}`)
  return made
}
