/** Places in the binary log. */
import type { Checkpoint } from '../../../hub/contracts/connector.ts'
import { HubError } from '../../../hub/contracts/hub-error.ts'
import { forbiddenError, settingsError } from '../../shared/errors.ts'
import { sequenceOf } from '../../shared/sequence.ts'
import { texts } from '../catalog.ts'
import type { Database, Query } from '../database.ts'

export interface BinlogPosition {
  file: string
  offset: number
}

export interface BinlogPlace extends BinlogPosition {
  /** See sequenceOf. */
  epoch: number
  /** The server's @@server_id: positions of another server mean nothing here. */
  serverId: number
}

/** A position as one number: the file's running number, then the offset. */
export function positionNumber({ file, offset }: BinlogPosition): bigint {
  const number = /\.(\d+)$/.exec(file)?.[1] ?? '0'
  return (BigInt(number) << 32n) | BigInt(offset)
}

export function placeSequence(epoch: number, position: BinlogPosition): string {
  return sequenceOf(epoch, positionNumber(position))
}

export function storedPlace(checkpoint: Checkpoint): BinlogPlace {
  const { file, offset, epoch, serverId } = checkpoint
  const numbers = [offset, epoch, serverId]
  if (typeof file === 'string' && numbers.every((number) => Number.isInteger(number))) {
    return { file, offset: offset as number, epoch: epoch as number, serverId: serverId as number }
  }
  throw settingsError('The stored position in the log is not one of this connector.', {
    fix: 'Reset the position; the next start takes a snapshot.',
  })
}

/** The end of the log. Throws `connector.forbidden` where the account may not ask, or the log is off. */
export async function currentPosition(database: Database): Promise<BinlogPosition> {
  return database.withConnection((query) => positionOn(query))
}

/**
 * A place such that every transaction before it is visible to a statement that begins now. MariaDB tells it of a snapshot
 * (https://mariadb.com/kb/en/enhancements-for-start-transaction-with-consistent-snapshot/); elsewhere the end of the log
 * serves, which a transaction in the very moment of its commit may have passed.
 */
export async function visiblePosition(database: Database): Promise<BinlogPosition> {
  return database.withConnection(async (query) => {
    await query('START TRANSACTION WITH CONSISTENT SNAPSHOT')
    const status = new Map(
      texts(await query("SHOW STATUS LIKE 'binlog_snapshot_%'")).map(([name = '', value]) => [
        name.toLowerCase(),
        value,
      ]),
    )
    const file = status.get('binlog_snapshot_file')
    const offset = Number(status.get('binlog_snapshot_position'))
    const position = file && offset > 0 ? { file, offset } : await positionOn(query)
    await query('ROLLBACK')
    return position
  })
}

async function positionOn(query: Query): Promise<BinlogPosition> {
  const [row] = texts(await masterStatus(query))
  if (row?.[0]) return { file: row[0], offset: Number(row[1]) }
  throw forbiddenError("The log of this server can't be followed: it is off.", {
    fix: 'Start the server with log_bin.',
  })
}

async function masterStatus(query: Query): ReturnType<Query> {
  try {
    return await query('SHOW MASTER STATUS')
  } catch (error) {
    // MySQL 8.4 took the old words away.
    if (error instanceof HubError || (error as { errno?: number }).errno !== 1064) throw error
    return query('SHOW BINARY LOG STATUS')
  }
}

export async function serverIdentity(database: Database): Promise<number> {
  const [row] = texts(await database.query('SELECT @@server_id'))
  return Number(row?.[0] ?? 0)
}
