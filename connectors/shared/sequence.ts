/**
 * Log positions and snapshots of one system on one scale, as the Integer text of SourceRecord.sequence:
 * `epoch * 2^56 + position`. A position is a PostgreSQL LSN, or a binlog's file number * 2^32 + offset; 56 bits are 64 PiB
 * of log. The epoch grows when positions begin anew below what was read before (a restored or replaced server), so that what
 * comes after always compares as newer. Below epoch 128 it fits a signed 64-bit integer.
 */
const POSITION_BITS = 56n

export function sequenceOf(epoch: number, position: bigint): string {
  return ((BigInt(epoch) << POSITION_BITS) | position).toString()
}

/** `16/B374D848` as a number. */
export function lsnNumber(lsn: string): bigint {
  const [high = '0', low = '0'] = lsn.split('/')
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`)
}

/** The inverse of lsnNumber. */
export function lsnText(position: bigint): string {
  const low = position & 0xffffffffn
  return `${(position >> 32n).toString(16).toUpperCase()}/${low.toString(16).toUpperCase()}`
}
