import { tiedRecords } from '../../intake/erasure/gather.ts'
import { recordsOfFamily } from '../../store/erasure-queries.ts'
import { eventText } from '../../store/event-queries.ts'
import { PERSONAL_PARTS, personalPart, type PersonalScope } from '../../store/personal-data-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { timelineOf } from '../../store/stream-queries.ts'

export interface Subject {
  id: string
  /** The customer and all that were joined into it. */
  customers: readonly string[]
  /** JSON text. */
  golden: string
  provenance: object
}

const EVENTS_PER_PAGE = 200

/**
 * One JSON document of everything that the hub holds of a person, page by page: memory stays flat however much there is, and the
 * reader sets the pace. Each part says why it is held.
 */
export async function* personalData(db: Queryable, subject: Subject): AsyncGenerator<string> {
  const { id, customers, golden, provenance } = subject
  const scope = await scopeOf(db, customers)
  const head = { format: 'omnihub personal data 1.0', customer: id, customers, madeAt: new Date().toISOString() }
  yield `${JSON.stringify(head).slice(0, -1)},"parts":{`
  yield opened('customer', 'The customer as all systems together describe it, for whoever serves the person.')
  yield `${golden}]}`
  yield `,${opened('provenance', 'Where each value comes from, so that a wrong one can be put right.')}`
  yield `${JSON.stringify(provenance)}]}`
  for (const part of PERSONAL_PARTS) {
    yield `,${opened(part.name, part.why)}`
    yield* listed(personalPart(db, part, scope))
    yield ']}'
  }
  yield `,${opened('events', 'What happened, as other systems were told of it, so that they can catch up.')}`
  yield* listed(events(db, customers))
  yield ']}}}\n'
}

async function scopeOf(db: Queryable, customers: readonly string[]): Promise<PersonalScope> {
  const own = await recordsOfFamily(db, customers)
  const all = [...own, ...(await tiedRecords(db, own))]
  return {
    customers,
    numbers: all.map(({ no }) => no),
    lanes: all,
    records: all.flatMap(({ publicId }) => publicId ?? []),
  }
}

function opened(name: string, why: string): string {
  return `${JSON.stringify(name)}:{"why":${JSON.stringify(why)},"items":[`
}

async function* listed(pages: AsyncGenerator<string[]>): AsyncGenerator<string> {
  let isFirst = true
  for await (const page of pages) {
    yield (isFirst ? '' : ',') + page.join(',')
    isFirst = false
  }
}

async function* events(db: Queryable, customers: readonly string[]): AsyncGenerator<string[]> {
  for (let before: number | null = null; ;) {
    const rows = await timelineOf(db, customers, before, EVENTS_PER_PAGE)
    if (rows.length > 0) yield rows.map(eventText)
    const last = rows.at(-1)
    if (last === undefined || rows.length < EVENTS_PER_PAGE) return
    before = last.position
  }
}
