import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ensurePackages, REQUIREMENTS } from '../../../../scripts/servers/packages.ts'
import { startPostgres } from '../../../../scripts/servers/postgres.ts'
import type { TestServer } from '../../../../scripts/servers/server.ts'
import { type FakeSqlServer, startFakeSqlServer } from './server.ts'

const PYTHON = '/usr/bin/python3'

/** The fake was written beside the driver that it tries: clients that share no code with either must understand it too. */
describe('the TDS server of the tests', () => {
  let postgres: TestServer
  let fake: FakeSqlServer
  let password: string

  beforeAll(async () => {
    const { postgres: server, freetds, pytds } = REQUIREMENTS
    await ensurePackages([server, freetds, pytds], (text) => console.log(text))
    postgres = await startPostgres({ fsync: false })
    password = decodeURIComponent(new URL(postgres.url).password)
    fake = await startFakeSqlServer(postgres.url)
  }, 300_000)

  afterAll(async () => {
    await fake.close()
    await postgres.stop()
  })

  const run = promisify(execFile)

  async function tsql(lines: readonly string[], secret = password): Promise<string> {
    const args = ['-H', '127.0.0.1', '-p', String(fake.port), '-U', 'omnihub', '-P', secret, '-D', 'omnihub', '-o', 'q']
    const client = run('tsql', args, { env: { ...process.env, TDSVER: '7.4' }, timeout: 20_000 })
    client.child.stdin?.end(`${lines.join('\n')}\nexit\n`)
    const { stdout, stderr } = await client.catch((error: unknown) => error as { stdout: string; stderr: string })
    return stdout + stderr
  }

  async function python(program: string, secret = password): Promise<unknown> {
    const connect = `import pytds, json\nconn = pytds.connect('127.0.0.1', 'omnihub', 'omnihub', '${secret}', port=${fake.port}, autocommit=False)\ncur = conn.cursor()\n`
    const { stdout } = await run(PYTHON, ['-c', connect + program], { timeout: 20_000 })
    return JSON.parse(stdout)
  }

  test('FreeTDS logs in, defines, writes and reads', async () => {
    const said = await tsql([
      'CREATE TABLE people (id int NOT NULL PRIMARY KEY, name nvarchar(50), paid decimal(10,2), yes bit, at datetime2(7), note nvarchar(max))',
      'go',
      `INSERT INTO people (id, name, paid, yes, at, note) VALUES (1, N'Žofie', 12.50, CAST('1' AS bit), CONVERT(datetime2(7), '2024-01-02 03:04:05.1234567', 121), N'long')`,
      'go',
      'SELECT TOP (5) id, name, paid, yes, CONVERT(varchar(34), at, 121), note FROM people WITH (UPDLOCK) ORDER BY id',
      'go',
    ])
    expect(said).toContain('1\tŽofie\t12.50\t1\t2024-01-02 03:04:05.1234567\tlong')
    expect(said).not.toMatch(/error|Msg \d/i)
  })

  test('FreeTDS is told errors by their numbers', async () => {
    expect(await tsql(['SELECT x FROM nowhere', 'go'])).toMatch(/Msg 208/)
    expect(await tsql(['INSERT INTO people (id) VALUES (1)', 'go'])).toMatch(/Msg 2627/)
    expect(await tsql([], 'wrong')).toMatch(/Msg 18456/)
  })

  test('python-tds reads every type, with parameters, and sees its transactions', async () => {
    const answer = await python(`
cur.execute('CREATE TABLE kinds (id bigint NOT NULL PRIMARY KEY, d float, r real, u uniqueidentifier, b varbinary(10), t nvarchar(max), n numeric(38,10), s smallint)')
cur.execute("INSERT INTO kinds (id, d, r, u, b, t, n, s) VALUES (9007199254740993, 1e-7, 0.5, CAST('123E4567-E89B-12D3-A456-426655440000' AS uniqueidentifier), 0x00FF, %s, -1234567890123456789012345678.0123456789, -32768)", (u'\\U0001F600' * 5000,))
conn.commit()
cur.execute('SELECT id, d, r, u, b, t, n, s FROM kinds WHERE id = CAST(%s AS bigint)', ('9007199254740993',))
row = cur.fetchone()
cur.execute('DELETE FROM kinds')
conn.rollback()
cur.execute('SELECT COUNT(*) FROM kinds')
left = cur.fetchone()[0]
print(json.dumps([str(row[0]), row[1], row[2], str(row[3]), bytes(row[4]).hex(), len(row[5]), str(row[6]), row[7], left]))
`)
    expect(answer).toEqual([
      '9007199254740993',
      1e-7,
      0.5,
      '123e4567-e89b-12d3-a456-426655440000',
      '00ff',
      5000,
      '-1234567890123456789012345678.0123456789',
      -32768,
      1,
    ])
  })

  test('python-tds is refused with a wrong password', async () => {
    await expect(python('', 'wrong')).rejects.toThrow(/18456|Login failed/)
  })
})
