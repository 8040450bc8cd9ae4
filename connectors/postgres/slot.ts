/** The replication slot and the publication: what the server keeps for the hub. Made on demand. */
import { createHash } from 'node:crypto'
import type { Checkpoint } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import { busyError, forbiddenError, schemaError, settingsError } from '../shared/errors.ts'
import { lsnNumber } from '../shared/sequence.ts'
import type { Table } from './catalog.ts'
import { sendsKeys } from './check.ts'
import { type Database, quoted } from './database.ts'
import type { PostgresSettings } from './settings.ts'

export interface LogNames {
  slot: string
  publication: string
}

export interface LogPlace {
  lsn: string
  /** See sequenceOf. */
  epoch: number
  gap?: string
}

/** Names for the system's slot and publication; PostgreSQL allows `a-z`, `0-9` and `_` in a slot's name. */
export function logNames(settings: PostgresSettings, system: string): LogNames {
  const plain = system.toLowerCase().replace(/[^a-z0-9_]/g, '_')
  const hash = createHash('sha256').update(system).digest('hex').slice(0, 8)
  const name = `omnihub_${plain === system && plain.length <= 40 ? plain : `${plain.slice(0, 40)}_${hash}`}`
  const names = { slot: settings.slotName ?? name, publication: settings.publicationName ?? name }
  for (const [setting, value] of [
    ['slotName', names.slot],
    ['publicationName', names.publication],
  ] as const) {
    if (!/^[a-z_][a-z0-9_]{0,62}$/.test(value)) {
      throw settingsError(`The setting "${setting}" is no fit name.`, {
        where: `/settings/${setting}`,
        fix: 'Use at most 63 of a-z, 0-9 and _, beginning with a letter.',
      })
    }
  }
  return names
}

/**
 * Finds or makes the slot. Without a stored position a fresh slot is made even where one is left over: the snapshot that
 * follows covers what came before it, and the server may forget that part of its log.
 */
export async function openSlot(database: Database, names: LogNames, checkpoint: Checkpoint | null): Promise<LogPlace> {
  const [slot] = await database.query(
    `SELECT s.confirmed_flush_lsn, s.wal_status, s.active, s.plugin, s.database = current_database()
     FROM pg_replication_slots s WHERE s.slot_name = $1`,
    [names.slot],
  )
  if (slot && (slot[3] !== 'pgoutput' || slot[4] !== 't')) {
    throw settingsError(`The replication slot "${names.slot}" belongs to another database or plug-in.`, {
      where: '/settings/slotName',
      fix: 'Name another slot.',
    })
  }
  if (slot?.[2] === 't') throw busyError(`The replication slot "${names.slot}" is read by somebody else.`)
  if (checkpoint === null) return { lsn: await makeSlot(database, names.slot, slot !== undefined), epoch: 0 }

  const stored = storedPlace(checkpoint)
  if (slot === undefined) {
    return afterGap(
      stored,
      await makeSlot(database, names.slot, false),
      `The replication slot "${names.slot}" is gone.`,
    )
  }
  if (slot[1] === 'lost') {
    const lsn = await makeSlot(database, names.slot, true)
    return afterGap(stored, lsn, `The server has thrown away log that the slot "${names.slot}" had not read.`)
  }
  const confirmed = slot[0] ?? '0/0'
  if (lsnNumber(confirmed) > lsnNumber(stored.lsn)) {
    return afterGap(stored, confirmed, `The slot "${names.slot}" was read on to ${confirmed}, past ${stored.lsn}.`)
  }
  return stored
}

function afterGap(stored: LogPlace, lsn: string, gap: string): LogPlace {
  const restored = lsnNumber(lsn) < lsnNumber(stored.lsn)
  return { lsn, epoch: restored ? stored.epoch + 1 : stored.epoch, gap }
}

async function makeSlot(database: Database, slot: string, exists: boolean): Promise<string> {
  if (exists) await database.query('SELECT pg_drop_replication_slot($1)', [slot])
  const [row] = await database.query(`SELECT lsn FROM pg_create_logical_replication_slot($1, 'pgoutput')`, [slot])
  return row?.[0] ?? '0/0'
}

/** Drops the slot, which would keep the server's log for ever, and the publication. Answers what there was. */
export async function releaseLog(database: Database, names: LogNames): Promise<string[]> {
  const released: string[] = []
  const [slot] = await database.query(
    `SELECT active, plugin = 'pgoutput' AND database = current_database() FROM pg_replication_slots WHERE slot_name = $1`,
    [names.slot],
  )
  if (slot?.[0] === 't') throw busyError(`The replication slot "${names.slot}" is read by somebody else.`)
  if (slot?.[1] === 't') {
    await database.query('SELECT pg_drop_replication_slot($1)', [names.slot])
    released.push(`replication slot ${names.slot}`)
  }
  const [publication] = await database.query('SELECT 1 FROM pg_publication WHERE pubname = $1', [names.publication])
  if (publication === undefined) return released
  try {
    await database.query(`DROP PUBLICATION ${quoted(names.publication)}`)
    released.push(`publication ${names.publication}`)
  } catch (error) {
    // A publication that somebody else made costs the server nothing.
    if (!(error instanceof HubError) || error.code !== 'connector.forbidden') throw error
  }
  return released
}

function storedPlace(checkpoint: Checkpoint): LogPlace {
  const { lsn, epoch } = checkpoint
  if (typeof lsn === 'string' && /^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/i.test(lsn) && Number.isInteger(epoch)) {
    return { lsn, epoch: epoch as number }
  }
  throw settingsError('The stored position in the log is not one of this connector.', {
    fix: 'Reset the position; the next start takes a snapshot.',
  })
}

/** Makes the publication, or adds the tables that it lacks. */
export async function openPublication(database: Database, name: string, tables: readonly Table[]): Promise<void> {
  for (const table of tables) assertFollowable(table)
  const [existing] = await database.query('SELECT oid, puballtables FROM pg_publication WHERE pubname = $1', [name])
  if (existing?.[1] === 't') return
  const members = await database.query('SELECT prrelid FROM pg_publication_rel WHERE prpubid = $1', [
    existing?.[0] ?? '0',
  ])
  const lacking = tables
    .filter((table) => !members.some(([oid]) => Number(oid) === table.oid))
    .map((table) => table.sql)
  if (existing && lacking.length === 0) return
  const statement = existing
    ? `ALTER PUBLICATION ${quoted(name)} ADD TABLE ${lacking.join(', ')}`
    : `CREATE PUBLICATION ${quoted(name)} FOR TABLE ${lacking.join(', ')} WITH (publish_via_partition_root = true)`
  try {
    await database.query(statement)
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'connector.forbidden') throw error
    throw forbiddenError('The database user may not make the publication.', {
      fix: `Let the owner of the tables run: ${statement}`,
      cause: error,
    })
  }
}

function assertFollowable(table: Table): void {
  if (table.kind !== 'r' && table.kind !== 'p') {
    throw schemaError(`${table.sql} is no table: its changes are not in the log. Poll it, or follow its base tables.`)
  }
  if (sendsKeys(table)) return
  // Publishing a table without an identity would also make every UPDATE and DELETE of its own application fail.
  throw schemaError(`The log does not name the key columns of deleted rows of ${table.sql}.`, {
    fix: `ALTER TABLE ${table.sql} REPLICA IDENTITY FULL; or use its primary key as keyColumns.`,
  })
}
