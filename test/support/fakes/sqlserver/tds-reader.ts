/** Messages of a TDS client, read as strictly as needed to notice one that is wrong. */
import type { Argument } from './session.ts'

/** Reads from a buffer in order; past its end it throws. */
export class TdsReader {
  readonly #bytes: Buffer
  at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.at >= this.#bytes.length
  }

  take(length: number): Buffer {
    if (this.at + length > this.#bytes.length) throw new RangeError('The message ends too early.')
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }

  u8(): number {
    return this.take(1).readUInt8()
  }

  u16(): number {
    return this.take(2).readUInt16LE()
  }

  u32(): number {
    return this.take(4).readUInt32LE()
  }

  text(characters: number): string {
    return this.take(characters * 2).toString('utf16le')
  }

  rest(): Buffer {
    return this.take(this.#bytes.length - this.at)
  }
}

export interface Login {
  user: string
  password: string
  database: string
  packetSize: number
}

/** MS-TDS 2.2.6.4. The password's nibbles are swapped, then its bits flipped by 0xA5. */
export function readLogin(bytes: Buffer): Login {
  if (bytes.readUInt32LE(0) > bytes.length) throw new RangeError('The login is shorter than it says.')
  const field = (place: number): Buffer => {
    const at = 36 + place * 4
    const offset = bytes.readUInt16LE(at)
    return bytes.subarray(offset, offset + bytes.readUInt16LE(at + 2) * 2)
  }
  const password = Buffer.from(field(2)).map((byte) => {
    const flipped = byte ^ 0xa5
    return ((flipped & 0x0f) << 4) | (flipped >> 4)
  })
  return {
    user: field(1).toString('utf16le'),
    password: Buffer.from(password).toString('utf16le'),
    // Host, user, password, application, server, extension, library, language, database.
    database: field(8).toString('utf16le'),
    packetSize: bytes.readUInt32LE(8),
  }
}

/** Requests of TDS 7.2 and newer begin with ALL_HEADERS. */
export function skipHeaders(reader: TdsReader): void {
  const length = reader.u32()
  if (length < 4) throw new RangeError('The headers are shorter than their own length.')
  reader.take(length - 4)
}

const PROCEDURES: Record<number, string> = {
  10: 'sp_executesql',
  11: 'sp_prepare',
  12: 'sp_execute',
  13: 'sp_prepexec',
  15: 'sp_unprepare',
}

export interface Call {
  procedure: string
  parameters: { name: string; value: Argument }[]
}

export function readCall(reader: TdsReader): Call {
  const length = reader.u16()
  const procedure = length === 0xffff ? (PROCEDURES[reader.u16()] ?? 'unknown') : reader.text(length)
  reader.u16()
  const parameters: Call['parameters'] = []
  while (!reader.isAtEnd) {
    const name = reader.text(reader.u8())
    reader.u8()
    parameters.push({ name: name.replace(/^@/, ''), value: readParameter(reader) })
  }
  return { procedure, parameters }
}

const COLLATION_BYTES = 5
const LONG = 0xffff

function readParameter(reader: TdsReader): Argument {
  const type = reader.u8()
  switch (type) {
    case 0x26:
    case 0x68: {
      reader.u8()
      const size = reader.u8()
      if (size === 0) return null
      const bytes = reader.take(size)
      return String(size === 8 ? bytes.readBigInt64LE() : size === 1 ? bytes.readUInt8() : bytes.readIntLE(0, size))
    }
    case 0x6d: {
      reader.u8()
      const size = reader.u8()
      if (size === 0) return null
      const bytes = reader.take(size)
      return String(size === 4 ? bytes.readFloatLE() : bytes.readDoubleLE())
    }
    case 0xe7:
    case 0xa7: {
      const max = reader.u16()
      reader.take(COLLATION_BYTES)
      const bytes = max === LONG ? readChunks(reader) : readShort(reader)
      return bytes === null ? null : bytes.toString(type === 0xe7 ? 'utf16le' : 'latin1')
    }
    case 0xa5: {
      const max = reader.u16()
      return max === LONG ? readChunks(reader) : readShort(reader)
    }
    default:
      throw new RangeError(`The fake does not know parameters of type 0x${type.toString(16)}.`)
  }
}

function readShort(reader: TdsReader): Buffer | null {
  const size = reader.u16()
  return size === LONG ? null : Buffer.from(reader.take(size))
}

function readChunks(reader: TdsReader): Buffer | null {
  const total = reader.take(8).readBigUInt64LE()
  if (total === 0xffffffffffffffffn) return null
  const chunks: Buffer[] = []
  for (let size = reader.u32(); size > 0; size = reader.u32()) chunks.push(reader.take(size))
  return Buffer.concat(chunks)
}
