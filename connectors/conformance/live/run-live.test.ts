import { ExampleSystem } from '../../../hub/app/cli/connector-template/example-system.ts'
import { connector as spec } from '../../../hub/app/cli/connector-template/index.ts'
import type { Connector, ConnectorSpec } from '../../../hub/contracts/connector.ts'
import type { CheckOutcome } from '../run.ts'
import { runLive } from './run-live.ts'
import type { LiveSubject } from './subject.ts'

const TOKEN = 'the-token-of-this-test'
let system: ExampleSystem

beforeEach(async () => {
  system = new ExampleSystem(TOKEN)
  await system.start()
  const people = system.create('Person')
  for (let n = 0; n < 50; n += 1) system.store(people, `p${n + 10}`, { name: `Name ${n}`, note: null, amount: n })
})

afterEach(() => system.stop())

function subject(more: Partial<LiveSubject> = {}): LiveSubject {
  return {
    spec,
    settings: { url: `http://127.0.0.1:${system.port}`, token: TOKEN },
    secrets: [TOKEN],
    entities: [{ entity: 'Person', options: { pageSize: 10 } }],
    recordsMax: 35,
    timeoutMs: 20_000,
    ...more,
  }
}

/** The connector of the template with something wrong in it. */
function broken(breaks: (sound: Connector) => Partial<Connector>): ConnectorSpec {
  const open: ConnectorSpec['open'] = async (config, context) => {
    const sound = await spec.open(config, context)
    const wrong = breaks(sound)
    return new Proxy(sound, {
      get: (target, name) => {
        const value: unknown = Reflect.get(wrong, name) ?? Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }
  return { ...spec, open }
}

const verdicts = (outcomes: readonly CheckOutcome[], verdict: string): number[] =>
  outcomes
    .filter((outcome) => outcome.verdict === verdict)
    .map(({ number }) => number)
    .sort((a, b) => a - b)

describe('the kit on a system at work', () => {
  test('tries what changes nothing, and says of the rest why not', async () => {
    const before = JSON.stringify([...(system.entities.get('Person')?.records ?? [])])
    const outcomes = await runLive(subject())
    expect(outcomes.filter(({ verdict }) => verdict === 'failed')).toEqual([])
    expect(verdicts(outcomes, 'passed')).toEqual([1, 2, 3, 4, 5, 6, 7, 24])
    expect(outcomes.length).toBe(26)
    expect(outcomes.find(({ number }) => number === 16)?.reason).toContain('--write-entity')
    expect(outcomes.find(({ number }) => number === 21)?.reason).toContain("connector's own harness")
    expect(JSON.stringify([...(system.entities.get('Person')?.records ?? [])])).toBe(before)
  })

  test('writes only where a person has named the entity, and gives every field its value again', async () => {
    const outcomes = await runLive(subject({ write: { entity: 'Person', field: undefined } }))
    expect(outcomes.filter(({ verdict }) => verdict === 'failed')).toEqual([])
    expect(verdicts(outcomes, 'passed')).toEqual([1, 2, 3, 4, 5, 6, 7, 16, 17, 22, 24])
    expect(system.entities.get('Person')?.records.get('p10')?.data.name).toBe('Name 0')
  })

  test('changes a named field only, and says when there is none', async () => {
    const [outcome] = (await runLive(subject({ write: { entity: 'Person', field: 'note' } }))).filter(
      ({ number }) => number === 16,
    )
    expect(outcome).toMatchObject({
      verdict: 'failed',
      reason: expect.stringContaining('no record has the field "note"'),
    })
  })

  test('gives the value back also where a check fails in the middle', async () => {
    const forgetful = broken((sound) => ({
      write: async (entity, writes) =>
        (await sound.write?.(entity, writes))?.map(({ key }) => ({ outcome: 'written', key })) ?? [],
    }))
    const outcomes = await runLive(subject({ spec: forgetful, write: { entity: 'Person', field: 'name' } }))
    expect(verdicts(outcomes, 'failed')).toEqual([17])
    expect(system.entities.get('Person')?.records.get('p10')?.data.name).toBe('Name 0')
  })

  test.each<[number, string, (sound: Connector) => Partial<Connector>]>([
    [
      4,
      'comes in another order each time',
      (sound) => ({
        async *backfill(entity, from) {
          for await (const page of sound.backfill?.(entity, from) ?? [])
            yield { ...page, records: page.records.toSorted(() => Math.random() - 0.5) }
        },
      }),
    ],
    [
      6,
      'begins anew instead of going on',
      (sound) => ({
        async *backfill(entity) {
          yield* sound.backfill?.(entity, null) ?? []
        },
      }),
    ],
    [
      7,
      'gives each reading its own version',
      (sound) => ({
        async *backfill(entity, from) {
          for await (const page of sound.backfill?.(entity, from) ?? [])
            yield { ...page, records: page.records.map((record) => ({ ...record, version: String(Math.random()) })) }
        },
      }),
    ],
  ])('finds by check %i that a connector %s', async (number, _what, breaks) => {
    expect(verdicts(await runLive(subject({ spec: broken(breaks) })), 'failed')).toContain(number)
  })

  test('finds that a system does not answer, and that a token is wrong', async () => {
    const settings = { url: `http://127.0.0.1:${system.port}`, token: 'a-wrong-token' }
    const outcomes = await runLive(subject({ settings }))
    expect(outcomes.find(({ number }) => number === 2)).toMatchObject({
      verdict: 'failed',
      reason: expect.stringContaining('credentials'),
    })
  })
})
