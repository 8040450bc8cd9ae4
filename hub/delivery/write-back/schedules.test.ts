import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { WriteResult } from '../../contracts/connector.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { parseGoldenConfig } from '../../golden/golden-config.ts'
import type { SourceView } from '../../golden/golden-types.ts'
import { createSurvivorship } from '../../golden/merge-customer.ts'
import type { Attempt } from '../../golden/write-back/belief.ts'
import type { PipelineTools } from '../../intake/pipeline/apply-batch.ts'
import type { RecordChange } from '../../intake/pipeline/record-change.ts'
import { type Heard, hear, memoryOf, OWN_WRITE, type Recalled } from '../../intake/pipeline/write-back-hear.ts'
import { planWriteBacks } from '../../intake/pipeline/write-back-plan.ts'
import { compileMapping, parseMappingOrThrow } from '../../mapping/index.ts'
import { WRITE_STATE, type WriteBackRow } from '../../store/write-back-queries.ts'
import { type Observation, type Policy, settle } from './outcome.ts'
import { prepareWrite } from './writer.ts'

/**
 * The hub and its systems as one value, moved by one step at a time: what runs side by side in life meets here in any order
 * that fast-check can think of. Deciding is done by the very functions of the hub; only moving things about is the test's.
 */
const mapping = compileMapping(
  parseMappingOrThrow(
    `source: Person
target: customer
fields:
  kind: { constant: person }
  status: state
  name.given: given
  name.family: family
  emails: [{ address: mail, purpose: { constant: home } }]
`,
    'Person.yaml',
  ),
)
const survivorship = createSurvivorship(
  parseGoldenConfig(
    'default: most-recent\nfields: { status: most-recent, kind: most-recent, name: { rule: most-recent, together: true }, emails: keep-all }',
  ),
)
const FIELDS = ['state', 'given', 'family', 'mail'] as const
const VALUES: Record<(typeof FIELDS)[number], readonly Json[]> = {
  state: ['active', 'inactive', 'closed', null],
  given: ['Ada', 'Bea', 'Cleo'],
  family: ['Byron', 'King'],
  mail: Array.from({ length: 400 }, (_, at) => `m${at}@x.com`),
}
const LANES = 4
const START: JsonObject = { state: 'active', given: 'Ada', family: 'Byron', mail: 'a@x.com' }

interface Reading {
  data: JsonObject
  time: string
  writtenBy?: string
}

interface Lane {
  /** What the system really has. */
  record: JsonObject
  /** The log of what has not been read yet; a polled system shows only what it has. */
  log: Reading[]
  isLogged: boolean
  isDirty: boolean
  /** What the hub has. */
  raw: JsonObject
  changeNo: number
  changedAt: string
  fieldTimes: Record<string, string> | null
  row: WriteBackRow | undefined
  sent: Attempt | null
  answer: WriteResult | null
  seen: Observation[]
}

type Step =
  | { do: 'edit'; lane: number; field: number; value: number }
  | { do: 'poll' | 'read' | 'claim' | 'write' | 'settle' | 'crash' | 'observe'; lane: number }
  | { do: 'batch'; lane: number }

class World {
  readonly lanes: Lane[]
  readonly policy: Policy
  writes = 0
  edits = 0
  #clock = 0
  #changeNo = 0

  constructor(policy: Policy, logged: readonly boolean[]) {
    this.policy = policy
    this.lanes = Array.from({ length: LANES }, (_, at) => ({
      record: { ...START },
      log: [],
      isLogged: logged[at] === true,
      isDirty: false,
      raw: { ...START },
      changeNo: 0,
      changedAt: this.#now(),
      fieldTimes: null,
      row: undefined,
      sent: null,
      answer: null,
      seen: [],
    }))
  }

  #now(): string {
    return new Date(Date.UTC(2026, 0, 1) + this.#clock++ * 1_000).toISOString().replace('Z', '000Z')
  }

  take(step: Step): void {
    const lane = this.lanes[step.lane]
    if (lane === undefined) return
    if (step.do === 'edit') this.#edit(lane, step)
    else if (step.do === 'poll') this.#poll(lane)
    else if (step.do === 'read') this.#readAll([step.lane])
    else if (step.do === 'batch') this.#readAll(this.lanes.map((_, at) => at))
    else if (step.do === 'claim') this.#claim(step.lane, lane)
    else if (step.do === 'write') this.#write(lane)
    else if (step.do === 'settle') this.#settle(lane)
    else if (step.do === 'observe') this.#observe(step.lane, lane)
    else {
      lane.sent = null
      lane.answer = null
      lane.seen = []
    }
  }

  #edit(lane: Lane, { field, value }: { field: number; value: number }): void {
    const name = FIELDS[field % FIELDS.length] ?? 'state'
    const list = VALUES[name]
    const next = list[value % list.length] ?? null
    if (lane.record[name] === next) return
    this.edits++
    this.#changed(lane, { ...lane.record, [name]: next })
  }

  #changed(lane: Lane, record: JsonObject, writtenBy?: string): void {
    lane.record = record
    if (lane.isLogged)
      lane.log.push({ data: record, time: this.#now(), ...(writtenBy === undefined ? {} : { writtenBy }) })
    else lane.isDirty = true
  }

  /** What a poll has fetched may be old by the time at which it is applied. */
  #poll(lane: Lane): void {
    if (lane.isLogged || !lane.isDirty) return
    lane.isDirty = false
    lane.log.push({ data: lane.record, time: this.#now() })
  }

  /** Several records in one batch of the pipeline; of each the last of what waits, as the pipeline takes it. */
  #readAll(numbers: readonly number[]): void {
    const heard = numbers.flatMap((at) => {
      const lane = this.#lane(at)
      const reading = numbers.length > 1 ? lane.log.splice(0).at(-1) : lane.log.shift()
      if (reading === undefined) return []
      const { data, time, writtenBy } = reading
      const no = ++this.#changeNo
      const change = {
        system: `s${at}`,
        entity: 'Person',
        key: '1',
        id: String(no),
        kind: 'upsert' as const,
        time,
        data,
      }
      const item = { no, change: writtenBy === undefined ? change : { ...change, writtenBy } }
      return [{ at, item, observed: null, raw: data }]
    })
    this.#apply(heard)
    for (const { at, item, raw } of heard) Object.assign(this.#lane(at), { raw, changeNo: item.no })
  }

  #observe(at: number, lane: Lane): void {
    const seen = lane.seen.shift()
    if (seen === undefined || seen.changeNo !== lane.changeNo) return
    const raw = { ...lane.raw, ...seen.fields }
    this.#apply([{ at, item: null, observed: { ...seen, raw }, raw }])
    lane.raw = raw
  }

  #apply(all: readonly (Pick<RecordChange, 'item' | 'observed'> & { at: number; raw: JsonObject })[]): void {
    const changes = all.map(({ at, item, observed, raw }): RecordChange => {
      const lane = this.#lane(at)
      const name = { system: `s${at}`, entity: 'Person', key: '1' }
      const before = {
        ...name,
        no: at,
        document: JSON.stringify(documentOf(lane.raw)),
        target: 'customer',
        changedAt: lane.changedAt,
        fieldTimes: lane.fieldTimes === null ? null : JSON.stringify(lane.fieldTimes),
      } as NonNullable<RecordChange['before']>
      const mapped = { kind: 'document', target: 'customer', document: documentOf(raw), revision: 1 } as const
      return {
        no: at,
        name: `s${at}`,
        lane: name,
        before,
        item,
        observed,
        mapped,
        view: null,
        rematch: false,
        written: true,
      }
    })
    const recalled = this.#recalled()
    const heard = hear(TOOLS, changes, recalled)
    for (const { at, item } of all) {
      const lane = this.#lane(at)
      lane.fieldTimes = { ...heard.fieldTimes.get(at) }
      if (item !== null) lane.changedAt = item.change.time
    }
    this.#plan(heard, recalled, new Map(all.map(({ at, raw }) => [at, documentOf(raw)])))
  }

  #recalled(): Recalled {
    const rows = this.lanes.flatMap(({ row }, no) => (row === undefined ? [] : [[no, row] as const]))
    return {
      rows: new Map(rows),
      memories: new Map(rows.map(([no, row]) => [no, memoryOf(row)])),
      raws: new Map(rows.map(([no]) => [no, this.lanes[no]?.raw ?? {}])),
    }
  }

  #plan(heard: Heard, recalled: Recalled, read: ReadonlyMap<number, JsonObject>): void {
    const members = this.lanes.map((lane, no) => {
      const source: SourceView = {
        lane: { system: `s${no}`, entity: 'Person', key: '1' },
        document: read.get(no) ?? documentOf(lane.raw),
        changedAt: lane.changedAt,
        mappingRevision: 1,
        ...(lane.fieldTimes === null ? {} : { fieldTimes: lane.fieldTimes }),
      }
      return { no, source }
    })
    const golden = survivorship.merge(
      members.map(({ source }) => source),
      [],
    )
    const group = { members, golden, overrides: [], before: null, edit: null }
    const { saves, deletes } = planWriteBacks(TOOLS, [group], { recalled, heard, now: this.#now() })
    for (const row of saves) this.#lane(row.recordNo).row = row
    for (const no of deletes) this.#lane(no).row = undefined
  }

  #lane(no: number): Lane {
    const lane = this.lanes[no]
    if (lane === undefined) throw new Error(`there is no lane ${no}`)
    return lane
  }

  #claim(at: number, lane: Lane): void {
    const { row } = lane
    if (row === undefined || lane.sent !== null) return
    if (row.state !== WRITE_STATE.pending && row.state !== WRITE_STATE.writing && row.state !== WRITE_STATE.retrying)
      return
    const options = { memoryOf, mapping: () => mapping, keyPrefix: OWN_WRITE, now: () => Date.parse(this.#now()) }
    const prepared = prepareWrite(options, row, { raw: lane.raw, changeNo: lane.changeNo })
    this.#lane(at).row = prepared?.row
    lane.sent = prepared?.attempt ?? null
  }

  #write(lane: Lane): void {
    if (lane.sent === null) return
    const { fields, expected, idempotencyKey } = lane.sent
    const has = (values: JsonObject): boolean =>
      Object.entries(values).every(([name, value]) => lane.record[name] === value)
    if (has(fields)) lane.answer = { outcome: 'written', key: '1' }
    else if (!has(expected)) lane.answer = { outcome: 'conflict', key: '1', current: lane.record }
    else {
      this.writes++
      this.#changed(lane, { ...lane.record, ...fields }, idempotencyKey)
      lane.answer = { outcome: 'written', key: '1' }
    }
  }

  #settle(lane: Lane): void {
    const { row, answer } = lane
    if (answer === null) return
    lane.sent = null
    lane.answer = null
    if (row === undefined) return
    const tools = {
      mapping,
      raw: lane.raw,
      changeNo: lane.changeNo,
      policy: () => this.policy,
      now: Date.parse(this.#now()),
    }
    const settled = settle(row, memoryOf(row), answer, tools)
    lane.row = settled.row
    if (settled.observation !== null) lane.seen.push(settled.observation)
  }

  /** Everybody does what is left to do, until nothing is. */
  drain(): void {
    for (let round = 0; round < 300; round++) {
      const before = JSON.stringify(this.lanes)
      for (const kind of ['poll', 'read', 'observe', 'claim', 'write', 'settle', 'observe'] as const) {
        for (let lane = 0; lane < LANES; lane++) this.take({ do: kind, lane })
      }
      if (JSON.stringify(this.lanes) === before) return
    }
    throw new Error(`no quiet: ${JSON.stringify(this.lanes, null, 1)}`)
  }
}

function documentOf(raw: JsonObject): JsonObject {
  const mapped = mapping.apply(raw)
  if (!mapped.ok) throw new Error(JSON.stringify(mapped.errors))
  return mapped.document
}

const TOOLS = {
  mapper: {
    map: (_system: string, _entity: string, _kind: string, data: JsonObject) => ({
      kind: 'document',
      target: 'customer',
      document: documentOf(data),
      revision: 1,
    }),
  },
  golden: survivorship,
  writeBack: { takes: () => true },
} as unknown as PipelineTools

const lane = fc.integer({ min: 0, max: LANES - 1 })
/** Few values meet again and again, many seldom. */
const value = fc.oneof(fc.nat(3), fc.nat(399))

function stepOf(field: fc.Arbitrary<number>): fc.Arbitrary<Step> {
  const doings = fc.constantFrom<Exclude<Step['do'], 'edit' | 'crash'>[]>(
    ...(['poll', 'read', 'claim', 'write', 'settle', 'observe', 'batch'] as const),
  )
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('edit' as const), lane, field, value }) },
    { weight: 12, arbitrary: fc.record({ do: doings, lane }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), lane }) },
  )
}

/** What fast-check found once, and only seldom finds again. */
const SELDOM: { title: string; policy: Policy; steps: Step[]; logged: boolean[] }[] = [
  {
    title: 'the answer to a question about values that were replaced meanwhile answers nothing',
    policy: 'hub-wins',
    logged: [false, false, false, false],
    steps: [
      { do: 'edit', lane: 1, field: 0, value: 2 },
      { do: 'poll', lane: 1 },
      { do: 'read', lane: 1 },
      { do: 'claim', lane: 3 },
      { do: 'write', lane: 3 },
      { do: 'edit', lane: 3, field: 0, value: 0 },
      { do: 'poll', lane: 3 },
      { do: 'settle', lane: 3 },
      { do: 'read', lane: 3 },
      { do: 'claim', lane: 3 },
      { do: 'write', lane: 3 },
      { do: 'settle', lane: 3 },
      { do: 'edit', lane: 3, field: 0, value: 2 },
      { do: 'claim', lane: 3 },
      { do: 'observe', lane: 3 },
    ],
  },
  {
    title:
      'an item that a record got from its own side as the hub wanted it follows what becomes of it in the same batch',
    policy: 'system-wins',
    logged: [false, true, false, false],
    steps: [
      { do: 'edit', lane: 0, field: 0, value: 1 },
      { do: 'edit', lane: 1, field: 3, value: 1 },
      { do: 'edit', lane: 0, field: 3, value: 1 },
      { do: 'batch', lane: 0 },
      { do: 'edit', lane: 1, field: 3, value: 0 },
      { do: 'poll', lane: 0 },
      { do: 'batch', lane: 0 },
    ],
  },
  {
    title: 'what a system has changed again before its answer to the write came is wanted again',
    policy: 'hub-wins',
    logged: [false, true, true, false],
    steps: [
      { do: 'edit', lane: 2, field: 1, value: 2 },
      { do: 'batch', lane: 0 },
      { do: 'claim', lane: 1 },
      { do: 'write', lane: 1 },
      { do: 'edit', lane: 1, field: 1, value: 1 },
      { do: 'edit', lane: 2, field: 2, value: 7 },
      { do: 'batch', lane: 0 },
      { do: 'settle', lane: 1 },
    ],
  },
]

function agreeInTheEnd(policy: Policy, steps: readonly Step[], logged: readonly boolean[]): void {
  const world = new World(policy, logged)
  for (const one of steps) world.take(one)
  world.drain()
  const [first, ...others] = world.lanes.map(({ record }) => record)
  for (const other of others) expect(other).toEqual(first)
  expect(world.lanes.map(({ row }) => row?.state ?? WRITE_STATE.idle)).toEqual([0, 0, 0, 0])
  expect(world.writes).toBeLessThanOrEqual(world.edits * 8)
}

test.each(SELDOM)('$title', ({ policy, steps, logged }) => {
  agreeInTheEnd(policy, steps, logged)
})

/** Minutes of it: OMNIHUB_RUNS=20000. */
const RUNS = Number(process.env.OMNIHUB_RUNS ?? 250)

describe.each([
  ['any field', fc.nat(3)],
  ['one value', fc.constant(0)],
  ['a part of the name', fc.integer({ min: 1, max: 2 })],
  ['an item of a list', fc.constant(3)],
])('Whatever the order in which edits of %s, readings, writes, answers and crashes meet', (_, field) => {
  test.each(['system-wins', 'hub-wins'] as const)(
    'all systems agree in the end, and writes are bounded (%s)',
    (policy) => {
      const steps = fc.array(stepOf(field), { maxLength: 260, size: 'max' })
      const logged = fc.array(fc.boolean(), { minLength: LANES, maxLength: LANES })
      const holds = (taken: readonly Step[], modes: readonly boolean[]): void => {
        agreeInTheEnd(policy, taken, modes)
      }
      fc.assert(fc.property(steps, logged, holds), { numRuns: RUNS })
    },
  )
})
