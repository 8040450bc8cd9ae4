import type { Change, Lane } from '../../contracts/change.ts'
import { laneName } from '../../contracts/change.ts'
import { HubError } from '../../contracts/hub-error.ts'
import type { OutgoingMessage } from '../../contracts/bus.ts'

/** An accepted change on its way to the worker, with its number in the ledger (the order of acceptance). */
export interface WorkItem {
  no: number
  change: Change
}

/** A message carries many changes of one partition: the bus's cost is by message. Both are upper limits. */
const ITEMS_PER_MESSAGE_MAX = 250
const MESSAGE_BYTES_MAX = 512 * 1024

/** 32-bit FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) over UTF-16 code units: stable for ever, since it places lanes. */
export function partitionOf(lane: Lane, partitions: number): number {
  const name = laneName(lane)
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % partitions
}

/** Packs items into messages, partition by partition, keeping the order of the items within each. */
export function packWork(items: readonly WorkItem[], partitions: number): OutgoingMessage[] {
  const texts = new Map<number, string[]>()
  for (const item of items) {
    const partition = partitionOf(item.change, partitions)
    const list = texts.get(partition)
    const text = JSON.stringify(item)
    if (list === undefined) texts.set(partition, [text])
    else list.push(text)
  }
  const messages: OutgoingMessage[] = []
  for (const [partition, list] of texts) {
    for (const chunk of chunks(list)) {
      messages.push({
        to: { work: partition },
        body: Buffer.from(`[${chunk.join(',')}]`),
        contentType: 'application/json',
      })
    }
  }
  return messages
}

function* chunks(texts: readonly string[]): Generator<string[]> {
  let chunk: string[] = []
  let size = 0
  for (const text of texts) {
    if (chunk.length > 0 && (chunk.length >= ITEMS_PER_MESSAGE_MAX || size + text.length > MESSAGE_BYTES_MAX)) {
      yield chunk
      chunk = []
      size = 0
    }
    chunk.push(text)
    size += text.length
  }
  if (chunk.length > 0) yield chunk
}

export function unpackWork(body: Buffer): WorkItem[] {
  try {
    return JSON.parse(body.toString('utf8')) as WorkItem[]
  } catch (cause) {
    throw new HubError({
      code: 'work.message.unreadable',
      family: 'bug',
      message: 'A message in a work queue is not one that the hub wrote.',
      fix: 'Find out who publishes to the omnihub.work queues; only the hub may.',
      cause,
    })
  }
}
