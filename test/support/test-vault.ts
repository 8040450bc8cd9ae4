import { type MasterKeys } from '../../hub/security/master-key.ts'
import { type MasterKey, parseMasterKey } from '../../hub/security/secret-box.ts'
import { Vault } from '../../hub/security/vault.ts'
import type { Queryable } from '../../hub/store/queryable.ts'

/** A master key of 32 equal bytes, as the setting would have it. */
export function masterKeyText(byte: number): string {
  return Buffer.alloc(32, byte).toString('base64')
}

export function masterKey(byte: number): MasterKey {
  const key = parseMasterKey(masterKeyText(byte))
  if (key === undefined) throw new Error('32 bytes are a master key')
  return key
}

export function masterKeys(current: number, ...former: number[]): MasterKeys {
  return { current: masterKey(current), former: former.map(masterKey), file: undefined, made: false }
}

/** The vault of a test's hub: with the same key each time, so that several hubs may share a database. */
export function testVault(db: Queryable): Promise<Vault> {
  return Vault.open(db, masterKeys(1))
}
