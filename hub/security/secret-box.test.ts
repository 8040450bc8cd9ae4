import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureMasterKeys, MASTER_KEY_FILE } from './master-key.ts'
import { keyIdOf, mintMasterKey, parseMasterKey, placeOf, SecretBox } from './secret-box.ts'

const text = (byte: number): string => Buffer.alloc(32, byte).toString('base64')
const key = (byte: number) => {
  const parsed = parseMasterKey(text(byte))
  if (parsed === undefined) throw new Error('no key')
  return parsed
}
const PLACE = placeOf('subscription', 'secret', '0191e2a0-7b1c-7000-8000-123456789012')

describe('A secret box', () => {
  const box = new SecretBox(key(1))

  test('opens what it sealed, and seals the same text differently each time', () => {
    const [a, b] = [box.seal(PLACE, 'whsec_ä'), box.seal(PLACE, 'whsec_ä')]
    expect(a).not.toBe(b)
    expect(a).not.toContain('whsec')
    expect([box.open(PLACE, a), box.open(PLACE, b)]).toEqual(['whsec_ä', 'whsec_ä'])
    expect(keyIdOf(a)).toBe(box.currentKey)
    expect(box.open(PLACE, box.seal(PLACE, ''))).toBe('')
  })

  test('refuses a value that was altered in any one character, cut, or moved to another place', () => {
    const sealed = box.seal(PLACE, 'whsec_secret')
    const from = sealed.lastIndexOf(':') + 1
    for (let at = from; at < sealed.length; at++) {
      const other = sealed[at] === 'A' ? 'B' : 'A'
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1)
      // The last character may carry bits that are no part of any byte.
      if (Buffer.from(changed.slice(from), 'base64url').equals(Buffer.from(sealed.slice(from), 'base64url'))) continue
      expect(() => box.open(PLACE, changed)).toThrow(expect.objectContaining({ code: 'secrets.altered' }) as Error)
    }
    for (const wrong of [
      sealed.slice(0, -8),
      sealed.slice(0, from + 4),
      `sealed:1:${box.currentKey}:`,
      'whsec_plain',
      '',
    ]) {
      expect(() => box.open(PLACE, wrong)).toThrow(expect.objectContaining({ code: 'secrets.altered' }) as Error)
    }
    const elsewhere = placeOf('subscription', 'secret', '0191e2a0-7b1c-7000-8000-123456789013')
    expect(() => box.open(elsewhere, sealed)).toThrow(expect.objectContaining({ code: 'secrets.altered' }) as Error)
  })

  test('opens what a former key sealed, and names the key that is missing otherwise', () => {
    const sealed = box.seal(PLACE, 'whsec_secret')
    expect(new SecretBox(key(2), [key(1)]).open(PLACE, sealed)).toBe('whsec_secret')
    expect(() => new SecretBox(key(2)).open(PLACE, sealed)).toThrow(
      expect.objectContaining({
        code: 'secrets.key-missing',
        message: expect.stringContaining(key(1).id) as string,
      }) as Error,
    )
  })

  test('takes 32 bytes in base64 or hexadecimal for a master key, and nothing else', () => {
    const hex = Buffer.alloc(32, 1).toString('hex')
    const url = Buffer.alloc(32, 255).toString('base64url')
    expect(parseMasterKey(hex)?.id).toBe(key(1).id)
    expect(parseMasterKey(url)?.id).toBe(key(255).id)
    expect(parseMasterKey(mintMasterKey())).toBeDefined()
    for (const wrong of ['', 'short', text(1).slice(4), `${text(1)}AAAA`, 'x'.repeat(44), hex.slice(2), `${hex}00`]) {
      expect(parseMasterKey(wrong)).toBeUndefined()
    }
  })
})

describe('The master key', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'omnihub-master-key-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  test('is made once in the data folder, for the owner only, and found there later', () => {
    const first = ensureMasterKeys(folder, undefined, undefined)
    expect(first.made).toBe(true)
    const file = join(folder, MASTER_KEY_FILE)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const again = ensureMasterKeys(folder, undefined, text(3))
    expect(again).toMatchObject({ current: { id: first.current.id }, former: [{ id: key(3).id }], made: false, file })
    expect(readFileSync(file, 'utf8').trim()).toHaveLength(44)
  })

  test('comes from the setting where there is one, and then nothing is written', () => {
    expect(ensureMasterKeys(folder, text(1), ` ${text(2)}, ${text(3)} `)).toMatchObject({
      current: { id: key(1).id },
      former: [{ id: key(2).id }, { id: key(3).id }],
      file: undefined,
    })
    expect(() => statSync(join(folder, MASTER_KEY_FILE))).toThrow()
  })

  test('is told to be none without being shown, in a setting and in the file', () => {
    const secret = 'a-password-that-somebody-made-up-and-that-is-long'
    for (const [current, former] of [
      [secret, undefined],
      [text(1), secret],
    ]) {
      const attempt = (): unknown => ensureMasterKeys(folder, current, former)
      expect(attempt).toThrow(
        expect.objectContaining({ code: 'secrets.master-key.invalid', family: 'config' }) as Error,
      )
      expect(attempt).not.toThrow(secret)
    }
    writeFileSync(join(folder, MASTER_KEY_FILE), 'nothing\n')
    expect(() => ensureMasterKeys(folder, undefined, undefined)).toThrow(
      expect.objectContaining({ code: 'secrets.master-key.unusable' }) as Error,
    )
  })
})
