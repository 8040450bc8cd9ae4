/** A throw-away SFTP server (OpenSSH) over a folder of its own, for two accounts: by one key anything may be done, by the other only read. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, makeFolder } from './folder.ts'
import { startServer, type TestServer } from './server.ts'

const run = promisify(execFile)
const SSHD = '/usr/sbin/sshd'
const PRIVILEGE_FOLDER = '/run/sshd'

export interface SftpServer extends TestServer {
  port: number
  user: string
  /** `SHA256:...` */
  hostKey: string
  privateKey: string
  /** Of the account that may only read. */
  readOnlyKey: string
  /** A key that the server does not know. */
  strangeKey: string
  /** What the clients see. */
  files: string
}

export async function startSftp(): Promise<SftpServer> {
  const folder = await makeFolder('openssh')
  const [port, files] = [await freePort(), join(folder.path, 'files')]
  await mkdir(files)
  const makeKey = async (name: string): Promise<{ secret: string; open: string }> => {
    const path = join(folder.path, name)
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path])
    return { secret: await readFile(path, 'utf8'), open: (await readFile(`${path}.pub`, 'utf8')).trim() }
  }
  const [host, all, reader, strange] = [
    await makeKey('host'),
    await makeKey('all'),
    await makeKey('reader'),
    await makeKey('strange'),
  ]
  const keys = join(folder.path, 'authorized_keys')
  await writeFile(keys, `restrict ${all.open}\nrestrict,command="internal-sftp -R" ${reader.open}\n`)
  const config = join(folder.path, 'sshd_config')
  await writeFile(config, configText({ port, keys, folder: folder.path }), { mode: 0o644 })
  // Without this folder sshd refuses to start as root.
  if (process.getuid?.() === 0) await mkdir(PRIVILEGE_FOLDER, { recursive: true, mode: 0o755 })
  const server = await startServer({
    name: 'OpenSSH',
    folder,
    url: `sftp://127.0.0.1:${port}`,
    command: SSHD,
    args: ['-D', '-e', '-f', config],
    endSignal: 'SIGTERM',
    probe: () => answers(port),
    startTimeoutMs: 20_000,
  })
  const openHostKey = Buffer.from(host.open.split(' ')[1] ?? '', 'base64')
  return Object.assign(server, {
    port,
    user: userInfo().username,
    hostKey: `SHA256:${createHash('sha256').update(openHostKey).digest('base64').replace(/=+$/, '')}`,
    privateKey: all.secret,
    readOnlyKey: reader.secret,
    strangeKey: strange.secret,
    files,
  })
}

function configText({ port, keys, folder }: { port: number; keys: string; folder: string }): string {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'host')}`,
    `PidFile ${join(folder, 'sshd.pid')}`,
    `AuthorizedKeysFile ${keys}`,
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    // The folder of a test lies below one that everybody may write to.
    'StrictModes no',
    'MaxStartups 100',
    'UseDNS no',
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n')
}

function answers(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.setTimeout(2_000, () => socket.destroy(new Error('silent')))
    socket.once('error', reject)
    socket.once('data', () => {
      socket.destroy()
      resolve()
    })
  })
}
