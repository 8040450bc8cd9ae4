import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureAdminKey } from './admin-key.ts'
import { parseKey } from './api-key.ts'
import { mayDo, PERMISSIONS, ROLES } from './permissions.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omnihub-key-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('The admin key', () => {
  test('is made at the first run, kept for its owner only, and the same from then on', () => {
    const dataDir = join(folder, 'not', 'there')
    const first = ensureAdminKey(dataDir, undefined)
    expect(first.made).toBe(true)
    expect(parseKey(first.key)).not.toBeNull()
    expect(readFileSync(join(dataDir, 'admin-key'), 'utf8').trim()).toBe(first.key)
    expect(statSync(join(dataDir, 'admin-key')).mode & 0o777).toBe(0o600)
    chmodSync(join(dataDir, 'admin-key'), 0o644)
    expect(ensureAdminKey(dataDir, undefined)).toEqual({ ...first, made: false })
    expect(statSync(join(dataDir, 'admin-key')).mode & 0o777).toBe(0o600)
  })

  test('comes from the settings where they have one, and is then written nowhere', () => {
    expect(ensureAdminKey(folder, 'from the settings')).toEqual({
      key: 'from the settings',
      made: false,
      file: undefined,
    })
    expect(() => statSync(join(folder, 'admin-key'))).toThrow('ENOENT')
  })

  test('in an empty file stops the start and says what to do', () => {
    writeFileSync(join(folder, 'admin-key'), '\n')
    expect(() => ensureAdminKey(folder, undefined)).toThrow(
      expect.objectContaining({ code: 'auth.admin-key.unusable', family: 'config' }),
    )
  })
})

describe('The roles', () => {
  test('leave everything to the admin, and the keys to nobody else', () => {
    for (const permission of PERMISSIONS) expect(mayDo('admin', permission)).toBe(true)
    expect(ROLES.filter((role) => mayDo(role, 'keys.manage'))).toEqual(['admin'])
  })

  test('let a system send changes and nothing else', () => {
    expect(PERMISSIONS.filter((permission) => mayDo('system', permission))).toEqual(['changes.send'])
  })

  test('let a viewer change nothing', () => {
    expect(
      PERMISSIONS.filter((permission) => mayDo('viewer', permission)).every((name) => name.endsWith('.read')),
    ).toBe(true)
  })
})
