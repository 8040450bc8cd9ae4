import type { RecordRow } from '../../store/apply-queries.ts'
import { type LaneKnowledge, type MappedItem, planLanes } from './plan-lanes.ts'

function change(
  no: number,
  key: string,
  options: { sequence?: string; bad?: boolean; kind?: 'upsert' | 'delete' } = {},
): MappedItem {
  const kind = options.kind ?? 'upsert'
  return {
    item: {
      no,
      change: {
        system: 'crm',
        entity: 'Contact',
        key,
        id: `id-${no}`,
        kind,
        time: '2026-01-01T00:00:00Z',
        data: {},
        ...(options.sequence === undefined ? {} : { sequence: options.sequence, sequenceType: 'Integer' }),
      },
    },
    mapped: options.bad
      ? { kind: 'failed', cause: { code: 'mapping.value.unparsable', message: 'bad' } }
      : kind === 'delete'
        ? { kind: 'deleted', target: 'customer', revision: 1 }
        : { kind: 'document', target: 'customer', document: { kind: 'person' }, revision: 1 },
  }
}

function knowing(parts: Partial<LaneKnowledge> = {}): LaneKnowledge {
  return { entries: new Map(), records: new Map(), held: new Set(), ...parts }
}

function row(sequence: string, changeNo = 1): RecordRow {
  return {
    no: 1,
    system: 'crm',
    entity: 'Contact',
    key: 'a',
    sequenceKind: 2,
    sequence,
    changeNo,
    changeId: 'x',
    changedAt: '',
    deleted: false,
    target: 'customer',
    document: null,
    mappingRevision: 1,
    publicId: null,
    customerId: null,
    homeId: null,
    features: null,
    fieldTimes: null,
    enriched: null,
  }
}

function kinds(items: MappedItem[], knowledge: LaneKnowledge): string[] {
  const { outcomes } = planLanes(items, knowledge)
  return items.map(({ item }) => {
    const outcome = outcomes.get(item)
    return outcome?.kind === 'parked' && outcome.waiting ? 'waiting' : (outcome?.kind ?? 'none')
  })
}

describe('Planning a batch', () => {
  test('applies changes of one lane in their order and keeps the newest', () => {
    const items = [change(1, 'a', { sequence: '1' }), change(2, 'a', { sequence: '2' }), change(3, 'b')]
    expect(kinds(items, knowing())).toEqual(['applied', 'applied', 'applied'])
    expect(planLanes(items, knowing()).lanes.map((lane) => lane.item.no)).toEqual([2, 3])
  })

  test('lets a sequence that goes back change nothing', () => {
    const items = [change(1, 'a', { sequence: '9' }), change(2, 'a', { sequence: '8' })]
    expect(kinds(items, knowing())).toEqual(['applied', 'superseded'])
    expect(
      kinds([change(5, 'a', { sequence: '3' })], knowing({ records: new Map([['crm/Contact/a', row('4')]]) })),
    ).toEqual(['superseded'])
  })

  test('applies the later accepted of two equal sequences', () => {
    const records = new Map([['crm/Contact/a', row('4', 10)]])
    expect(
      kinds([change(11, 'a', { sequence: '4' }), change(9, 'a', { sequence: '4' })], knowing({ records })),
    ).toEqual(['applied', 'superseded'])
  })

  test('a change that cannot be mapped holds its own lane and no other', () => {
    const items = [change(1, 'a', { bad: true }), change(2, 'a'), change(3, 'b')]
    expect(kinds(items, knowing())).toEqual(['parked', 'waiting', 'applied'])
  })

  test('a lane that is held already lets nothing pass', () => {
    expect(kinds([change(1, 'a')], knowing({ held: new Set(['crm/Contact/a']) }))).toEqual(['waiting'])
  })

  test('an outdated change is superseded even where its mapping fails', () => {
    const records = new Map([['crm/Contact/a', row('4')]])
    expect(kinds([change(5, 'a', { sequence: '3', bad: true })], knowing({ records }))).toEqual(['superseded'])
  })

  test('a redelivered change, in this batch or an earlier one, is dropped', () => {
    const twice = change(1, 'a')
    expect(kinds([twice, change(1, 'a')], knowing({ entries: new Map([[1, 0]]) }))).toEqual(['applied', 'dropped'])
    expect(kinds([change(1, 'a')], knowing({ entries: new Map([[1, 1]]) }))).toEqual(['dropped'])
  })

  test('a delete leaves a tombstone that supersedes older upserts', () => {
    const items = [change(1, 'a', { sequence: '5', kind: 'delete' }), change(2, 'a', { sequence: '4' })]
    const plan = planLanes(items, knowing())
    expect(plan.lanes[0]?.mapped.kind).toBe('deleted')
    expect(kinds(items, knowing())).toEqual(['applied', 'superseded'])
  })
})
