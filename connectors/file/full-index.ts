import { digest } from '../shared/row-hash.ts'
import { knowFile, readRecords, type KnownFile, type ReadingTools } from './file-reader.ts'
import { type FoundFile, markOf } from './file-list.ts'

/** 53 bits: what a number holds exactly. Two of a million keys meet with a chance of 1 in 18,000. */
function hash53(text: string): number {
  const bytes = digest(text)
  return (bytes.readUInt32BE(0) & 0x1fffff) * 2 ** 32 + bytes.readUInt32BE(4)
}

/** Which records a full file has, and in what state: two numbers a record in memory. */
export class FullIndex {
  readonly known: KnownFile
  readonly #states = new Map<number, number>()

  constructor(known: KnownFile) {
    this.known = known
  }

  get size(): number {
    return this.#states.size
  }

  add(key: string, data: unknown): void {
    this.#states.set(hash53(key), hash53(JSON.stringify(data)))
  }

  has(key: string): boolean {
    return this.#states.has(hash53(key))
  }

  isSame(key: string, data: unknown): boolean {
    return this.#states.get(hash53(key)) === hash53(JSON.stringify(data))
  }
}

/** Indexes of full files, the last two kept: a poll compares one with the one before. */
export class FullIndexes {
  readonly #kept: FullIndex[] = []

  async of(tools: ReadingTools, file: FoundFile): Promise<FullIndex> {
    // By the same signs as a poll knows a file: it is asked for again and again, and may be large and far away.
    const kept = this.#kept.find(({ known }) => known.file.path === file.path && markOf(known.file) === markOf(file))
    if (kept) return kept
    const known = await knowFile(tools, file)
    const index = new FullIndex(known)
    for await (const { record } of readRecords(tools, known, 0)) {
      if (record.kind === 'upsert') index.add(record.key, record.data)
    }
    this.#kept.push(index)
    if (this.#kept.length > 2) this.#kept.shift()
    return index
  }
}
