/** A throw-away MariaDB with a row-based binary log. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import mysql from 'mysql2/promise'
import { commandAs } from '../../hub/store/embedded/unprivileged.ts'
import { freePort, makeFolder } from './folder.ts'
import { startServer, type TestServer } from './server.ts'

const run = promisify(execFile)

/** A user `omnihub` with all rights and an empty database `omnihub`. */
export async function startMariadb(): Promise<TestServer> {
  const folder = await makeFolder('mariadb')
  const port = await freePort()
  const data = join(folder.path, 'data')
  const password = randomBytes(12).toString('hex')
  const initFile = join(folder.path, 'init.sql')
  await writeFile(initFile, accountsSql(password), { mode: 0o644 })
  // mariadbd takes root only when root is named in so many words.
  const user = process.getuid?.() === 0 ? ['--user=root'] : []
  await run(
    'mariadb-install-db',
    ['--no-defaults', ...user, `--datadir=${data}`, '--skip-test-db', '--auth-root-authentication-method=normal'],
    { cwd: folder.path },
  )
  const url = `mysql://omnihub:${password}@127.0.0.1:${port}/omnihub`
  const options = [
    '--no-defaults',
    ...user,
    `--datadir=${data}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    // Relative to the data folder: the path of a socket may have 107 characters at most.
    '--socket=mariadbd.sock',
    `--pid-file=${join(folder.path, 'mariadbd.pid')}`,
    `--init-file=${initFile}`,
    '--character-set-server=utf8mb4',
    '--server-id=1',
    '--log-bin=binlog',
    '--binlog-format=ROW',
    '--binlog-row-metadata=FULL',
    '--innodb-buffer-pool-size=128M',
    '--skip-name-resolve',
  ]
  const [command, args] = commandAs(null, '/usr/sbin/mariadbd', options, 'KILL')
  return startServer({
    name: 'MariaDB',
    folder,
    url,
    command,
    args,
    endSignal: 'SIGTERM',
    probe: async () => {
      const connection = await mysql.createConnection({ uri: url, connectTimeout: 2000 })
      await connection.end()
    },
    startTimeoutMs: 60_000,
  })
}

/** Runs at every start, so each statement must be repeatable. */
function accountsSql(password: string): string {
  return [
    'SET sql_log_bin = 0;',
    'CREATE DATABASE IF NOT EXISTS omnihub;',
    `CREATE OR REPLACE USER omnihub@'127.0.0.1' IDENTIFIED BY '${password}';`,
    "GRANT ALL PRIVILEGES ON *.* TO omnihub@'127.0.0.1' WITH GRANT OPTION;",
    '',
  ].join('\n')
}
