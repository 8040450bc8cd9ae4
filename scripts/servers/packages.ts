/**
 * Debian packages that the tests need. They are installed when missing; their services are neither started nor enabled,
 * because the tests run servers of their own.
 */
import { execFile } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const POLICY_FILE = '/usr/sbin/policy-rc.d'
const POSTGRES_VERSION_MIN = 15

export interface Requirement {
  package: string
  /** What the package starts by itself. */
  service?: string
  /** The variable that points the tests at a server of one's own instead. */
  variable?: string
  present(): boolean
}

export const REQUIREMENTS = {
  postgres: {
    package: 'postgresql',
    service: 'postgresql',
    variable: 'DATABASE_URL',
    present: () => postgresBinaries() !== undefined,
  },
  rabbitmq: {
    package: 'rabbitmq-server',
    service: 'rabbitmq-server',
    variable: 'AMQP_URL',
    present: () => existsSync('/usr/lib/rabbitmq/bin/rabbitmq-server'),
  },
  mariadb: {
    package: 'mariadb-server',
    service: 'mariadb',
    variable: 'MYSQL_URL',
    present: () => existsSync('/usr/sbin/mariadbd'),
  },
  /** A SOAP client of other people's, for Debian's own Python. */
  zeep: { package: 'python3-zeep', present: () => existsSync('/usr/lib/python3/dist-packages/zeep') },
  /** Readers of XML and HTTP that are not ours. */
  xmllint: { package: 'libxml2-utils', present: () => existsSync('/usr/bin/xmllint') },
  curl: { package: 'curl', present: () => existsSync('/usr/bin/curl') },
  python: { package: 'python3', present: () => existsSync('/usr/bin/python3') },
  freetds: {
    package: 'freetds-bin',
    present: () => existsSync('/usr/bin/tsql'),
  },
  pytds: {
    package: 'python3-tds',
    present: () => existsSync('/usr/lib/python3/dist-packages/pytds'),
  },
  sqlfluff: {
    package: 'sqlfluff',
    present: () => existsSync('/usr/bin/sqlfluff'),
  },
} satisfies Record<string, Requirement>

/** The folder of the newest PostgreSQL that is new enough. */
export function postgresBinaries(): string | undefined {
  const versions = globSync('/usr/lib/postgresql/*/bin/initdb').map((file) => Number(file.split('/')[4]))
  const newest = Math.max(...versions.filter((version) => version >= POSTGRES_VERSION_MIN))
  return Number.isFinite(newest) ? `/usr/lib/postgresql/${newest}/bin` : undefined
}

/** Installs what is missing of `requirements`, all in one go. */
export async function ensurePackages(requirements: readonly Requirement[], say: (text: string) => void): Promise<void> {
  const missing = requirements.filter((requirement) => !requirement.present())
  if (missing.length === 0) return
  const names = missing.map((requirement) => requirement.package)
  const variables = missing.flatMap(({ variable }) => (variable === undefined ? [] : [variable]))
  const own = variables.length === 0 ? '' : `, or set ${variables.join(', ')} to servers that you have`
  const newEnough = names.includes('postgresql') ? ` (PostgreSQL ${POSTGRES_VERSION_MIN} or newer)` : ''
  const otherwise = `Install ${names.join(', ')}${newEnough}${own}.`
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(
      `The tests need servers that are missing here, and only root on Debian can install them. ${otherwise}`,
    )
  }
  say(`Installing ${names.join(', ')} with apt-get`)
  try {
    await withoutServices(missing, () => install(names))
  } catch (error) {
    throw new Error(`apt-get failed. ${otherwise}\n${(error as { stderr?: string }).stderr ?? String(error)}`, {
      cause: error,
    })
  }
  const still = missing.filter((requirement) => !requirement.present())
  if (still.length > 0) {
    throw new Error(
      `${still.map((each) => each.package).join(', ')} was installed but is too old or elsewhere. ${otherwise}`,
    )
  }
}

async function install(names: readonly string[]): Promise<void> {
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: 64 * 1024 * 1024,
  }
  const wait = ['-o', 'DPkg::Lock::Timeout=300']
  await run('apt-get', [...wait, 'update', '-qq'], options)
  await run('apt-get', [...wait, 'install', '-y', '-qq', '--no-install-recommends', ...names], options)
}

/** Debian starts a service as soon as it is installed unless policy-rc.d forbids it; systemd would also start it at the next boot. */
async function withoutServices(installed: readonly Requirement[], install: () => Promise<void>): Promise<void> {
  const ours = !existsSync(POLICY_FILE)
  if (ours) await writeFile(POLICY_FILE, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await install()
  } finally {
    if (ours) await rm(POLICY_FILE, { force: true })
  }
  if (!existsSync('/run/systemd/system')) return
  for (const { service } of installed) {
    if (service !== undefined) await run('systemctl', ['disable', '--now', service])
  }
}
