import type { JsonObject } from '../../contracts/json.ts'
import type { NoteRow } from '../../store/note-queries.ts'
import type { NoteTaker } from './ports.ts'

/** What rules found in the golden records of a batch. */
export class Notes {
  /** Customers that were looked at, or are no more: notes of theirs that are not among `rows` are gone. */
  readonly looked: string[] = []
  readonly rows: NoteRow[] = []
  readonly #taker: NoteTaker | null
  readonly #now: string

  /** `taker` null: nothing is looked at. */
  constructor(taker: NoteTaker | null, now: string) {
    this.#taker = taker
    this.#now = now
  }

  take(customerId: string, golden: JsonObject): void {
    if (this.#taker === null) return
    this.looked.push(customerId)
    for (const { rule, revision, findings } of this.#taker.notesOn(golden, this.#now)) {
      this.rows.push({ customerId, rule, revision, findings: JSON.stringify(findings), at: this.#now })
    }
  }

  forget(customerId: string): void {
    if (this.#taker !== null) this.looked.push(customerId)
  }
}
