import { randomBytes } from 'node:crypto'
import { HubError } from '../contracts/hub-error.ts'
import type { Queryable } from '../store/queryable.ts'
import {
  keepHubSecret,
  keysInUse,
  replaceSecrets,
  SECRET_COLUMNS,
  type SecretColumn,
  secretsNotLike,
} from '../store/secret-queries.ts'
import type { MasterKeys } from './master-key.ts'
import { placeOf, SecretBox, SEALED_PREFIX } from './secret-box.ts'

const AT_ONCE = 200
const LANE_SECRET = 'lane-hash'
const LANE_SECRET_BYTES = 32

export interface VaultState {
  /** Id of the key that seals. */
  key: string
  /** How many secrets each key has sealed, by its id. */
  inUse: Record<string, number>
}

/** The secrets in the database, and the keys that open them. */
export class Vault {
  readonly box: SecretBox
  /** What erased lanes are remembered by: the same for all processes and for as long as the database lives. */
  readonly laneSecret: Buffer
  readonly #db: Queryable

  private constructor(db: Queryable, box: SecretBox, laneSecret: Buffer) {
    this.#db = db
    this.box = box
    this.laneSecret = laneSecret
  }

  /**
   * Makes sure that everything stored can be opened, and seals what an older hub left unsealed. Throws `secrets.keys-missing`
   * (config) that names the keys that are not here.
   */
  static async open(db: Queryable, { current, former, file }: MasterKeys): Promise<Vault> {
    const box = new SecretBox(current, former)
    await refuseMissing(db, box, file)
    const fresh = randomBytes(LANE_SECRET_BYTES).toString('base64')
    const place = placeOf('hub_secret', 'value', LANE_SECRET)
    const kept = await keepHubSecret(db, LANE_SECRET, box.seal(place, fresh))
    // Of two processes that begin on an empty database with keys of their own, the second learns it here.
    await refuseMissing(db, box, file)
    const vault = new Vault(db, box, Buffer.from(box.open(place, kept), 'base64'))
    await vault.#sealPlain()
    return vault
  }

  async state(): Promise<VaultState> {
    return { key: this.box.currentKey, inUse: Object.fromEntries(await keysInUse(this.#db)) }
  }

  /**
   * Seals everything with the current key that another one has sealed, some hundreds at a time: broken off, it goes on where it
   * was. What is written meanwhile is sealed with the current key already. Returns how many it sealed anew.
   */
  async rotate(): Promise<number> {
    let count = 0
    for (const column of SECRET_COLUMNS) {
      count += await this.#reseal(column, `${SEALED_PREFIX}${this.box.currentKey}:`, (place, value) =>
        this.box.open(place, value),
      )
    }
    return count
  }

  async #sealPlain(): Promise<void> {
    for (const column of SECRET_COLUMNS) await this.#reseal(column, SEALED_PREFIX, (_, value) => value)
  }

  async #reseal(column: SecretColumn, prefix: string, open: (place: string, value: string) => string): Promise<number> {
    let count = 0
    for (;;) {
      const found = await secretsNotLike(this.#db, column, prefix, AT_ONCE)
      if (found.length === 0) return count
      const changes = found.map(({ row, value }) => {
        const place = placeOf(column.table, sealedAs(column), row)
        return { row, before: value, after: this.box.seal(place, open(place, value)) }
      })
      count += await replaceSecrets(this.#db, column, changes)
    }
  }
}

/** A secret that becomes the former one moves without being opened, so both are sealed for the same place. */
function sealedAs({ column }: SecretColumn): string {
  return column === 'former_secret' ? 'secret' : column
}

async function refuseMissing(db: Queryable, box: SecretBox, file: string | undefined): Promise<void> {
  const missing = [...(await keysInUse(db))].filter(([id]) => !box.knows(id))
  if (missing.length === 0) return
  const [first] = missing
  const keys = missing.map(([id, count]) => `${id} (${count})`).join(', ')
  throw new HubError({
    code: 'secrets.keys-missing',
    family: 'config',
    message: `Secrets in the database were sealed with master keys that this process does not have: ${keys}. It has ${box.currentKey}${file === undefined ? '' : ` from ${file}`}.`,
    where: file ?? 'OMNIHUB_MASTER_KEY',
    fix: `Give all processes of one database the same OMNIHUB_MASTER_KEY. The key ${first?.[0]} is in the setting or in the file \`master-key\` of the data folder of the hub that made these secrets; as a former key it belongs in OMNIHUB_MASTER_KEYS_OLD.`,
    facts: { missing: missing.map(([id]) => id) },
  })
}
