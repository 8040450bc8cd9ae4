import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { testFolder, type TestFolder, testIo } from '../../../../test/support/cli.ts'
import { HubError } from '../../../contracts/hub-error.ts'
import { readTextFile, writeTextFile } from './files.ts'

let folder: TestFolder

beforeAll(() => {
  folder = testFolder()
})

afterAll(() => {
  folder.remove()
})

const io = (): ReturnType<typeof testIo> => testIo({ cwd: folder.path })

async function code(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => (error instanceof HubError ? error.code : String(error)),
  )
}

describe('a text file', () => {
  test('is read from where the person stands, without its byte order mark', async () => {
    folder.file('a.txt', '\uFEFFGrüße')
    expect(await readTextFile(io(), 'a.txt')).toBe('Grüße')
  })

  test('is refused where it is missing, a folder, binary, or too large', async () => {
    mkdirSync(join(folder.path, 'folder'))
    folder.file('binary', Uint8Array.of(0x41, 0))
    folder.file('latin', Uint8Array.of(0x47, 0xfc))
    truncateSync(folder.file('large', ''), 4 * 1024 * 1024 + 1)
    expect(await code(readTextFile(io(), 'missing'))).toBe('cli.file.missing')
    expect(await code(readTextFile(io(), 'binary/child'))).toBe('cli.file.missing')
    expect(await code(readTextFile(io(), 'folder'))).toBe('cli.file.is-folder')
    expect(await code(readTextFile(io(), 'binary'))).toBe('cli.file.binary')
    expect(await code(readTextFile(io(), 'latin'))).toBe('cli.file.binary')
    expect(await code(readTextFile(io(), 'large'))).toBe('cli.file.too-large')
  })

  test('is refused where it never ends', async () => {
    expect(await code(readTextFile(io(), '/dev/zero'))).toBe('cli.file.too-large')
  })

  test('is written whole, with its folder and mode, and leaves no draft', async () => {
    await writeTextFile(io(), 'new/deep/file.txt', 'text', { force: false, mode: 0o600 })
    expect(readFileSync(join(folder.path, 'new/deep/file.txt'), 'utf8')).toBe('text')
    expect(statSync(join(folder.path, 'new/deep/file.txt')).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder.path, 'new/deep'))).toEqual(['file.txt'])
  })

  test('is replaced only by force', async () => {
    const file = folder.file('kept.txt', 'old')
    expect(await code(writeTextFile(io(), 'kept.txt', 'new', { force: false }))).toBe('cli.file.exists')
    expect(readFileSync(file, 'utf8')).toBe('old')
    await writeTextFile(io(), 'kept.txt', 'new', { force: true })
    expect(readFileSync(file, 'utf8')).toBe('new')
  })

  test('that can not be written is told, and nothing is left', async () => {
    folder.file('plain', '')
    expect(await code(writeTextFile(io(), 'plain/x.txt', 'text', { force: false }))).toBe('cli.file.unwritable')
    mkdirSync(join(folder.path, 'target.txt'))
    expect(await code(writeTextFile(io(), 'target.txt', 'text', { force: true }))).toBe('cli.file.unwritable')
    expect(existsSync(join(folder.path, `target.txt.${process.pid}.tmp`))).toBe(false)
    // Root may read everything, so this tells nothing there.
    if (process.getuid?.() === 0) return
    chmodSync(folder.file('secret', 'x'), 0o000)
    expect(await code(readTextFile(io(), 'secret'))).toBe('cli.file.unreadable')
  })
})
