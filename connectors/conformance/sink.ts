import type { Page, SourceRecord } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'

interface LaneState {
  sequence: bigint | string | undefined
  data: JsonObject | null
  deleted: boolean
}

/** As the hub compares it: a number or a text. */
export function sequenceOf({ sequence, sequenceType }: SourceRecord): bigint | string | undefined {
  return sequence === undefined || sequenceType !== 'Integer' ? sequence : BigInt(sequence)
}

/** What the hub makes of records: duplicates by id dropped, older sequences superseded, otherwise the order of arrival. */
export class Sink {
  readonly #lanes = new Map<string, LaneState>()
  readonly #ids = new Set<string>()
  accepted = 0
  duplicates = 0

  take(page: Page): void {
    for (const record of page.records) this.#takeRecord(record)
  }

  #takeRecord(record: SourceRecord): void {
    const lane = JSON.stringify([record.entity, record.key])
    const id = `${lane} ${record.version}`
    if (this.#ids.has(id)) {
      this.duplicates += 1
      return
    }
    this.#ids.add(id)
    this.accepted += 1
    const sequence = sequenceOf(record)
    const before = this.#lanes.get(lane)?.sequence
    if (sequence !== undefined && before !== undefined && sequence < before) return
    this.#lanes.set(lane, { sequence: sequence ?? before, data: record.data, deleted: record.kind === 'delete' })
  }

  /** The records that are there, by key. */
  live(entity: string): Map<string, JsonObject> {
    const live = new Map<string, JsonObject>()
    for (const [lane, { data, deleted }] of this.#lanes) {
      const [ofEntity, key] = JSON.parse(lane) as [string, string]
      if (ofEntity === entity && !deleted && data) live.set(key, data)
    }
    return live
  }
}
