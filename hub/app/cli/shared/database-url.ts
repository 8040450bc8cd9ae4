import { HubError } from '../../../contracts/hub-error.ts'
import type { Io } from './io.ts'

/** The address that `--database-url` means; `env` takes it from DATABASE_URL. What it holds is shown nowhere. */
export function databaseUrlOf(given: string, io: Io): string {
  const url = given === 'env' ? io.env['DATABASE_URL'] : given
  if (url === undefined || !/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new HubError({
      code: 'cli.usage.database-url',
      family: 'reject',
      message: 'The address of the database is not one of PostgreSQL.',
      fix: 'Write it as postgres://user:password@host:port/name, or set DATABASE_URL and say `--database-url env`.',
    })
  }
  io.secrets.add(url)
  io.secrets.add(decodeURIComponent(new URL(url).password))
  return url
}
