import fc from 'fast-check'
import type { FakeRest } from '../../demo/fakes/rest/index.ts'
import type { Checkpoint } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { Sink } from '../conformance/sink.ts'
import { linkNext } from './pages.ts'
import {
  entityOf,
  fakeRest,
  lastCheckpoint,
  type Opened,
  openRest,
  pagesOf,
  recordsOf,
  SECRET,
  thingOptions,
} from '../../test/support/rest-connector.ts'

let fake: FakeRest
const opened: Opened[] = []

beforeEach(async () => {
  fake = fakeRest()
  await fake.listen()
})

afterEach(async () => {
  for (const { connector } of opened.splice(0)) await connector.close()
  await fake.close()
})

async function open(settings: JsonObject = {}, now = Date.now): Promise<Opened> {
  const made = await openRest(fake, settings, now)
  opened.push(made)
  return made
}

function fill(count: number, from = 1): void {
  for (let number = from; number < from + count; number += 1) {
    fake.collection('things').put(`t${String(number).padStart(4, '0')}`, { name: `Thing ${number}`, amount: number })
  }
}

const ids = (): string[] => [...fake.collection('things').sorted('id')].map(({ id }) => id)

describe.each(['number', 'offset', 'keyset', 'cursor', 'next', 'link'])('pages by %s', (style) => {
  const entity = entityOf(thingOptions(style))

  test.each([0, 1, 9, 10, 11, 20, 25])('give every one of %i records once', async (count) => {
    fill(count)
    const { connector } = await open()
    expect(recordsOf(await pagesOf(connector.backfill?.(entity, null))).map(({ key }) => key)).toEqual(ids())
  })

  test('are complete where the system gives fewer on a page than it was asked for', async () => {
    await fake.close()
    fake = fakeRest(4)
    await fake.listen()
    fill(21)
    const { connector } = await open()
    expect(recordsOf(await pagesOf(connector.backfill?.(entity, null))).map(({ key }) => key)).toEqual(ids())
  })

  test('go on from every checkpoint, in another process', async () => {
    fill(35)
    const pages = await pagesOf((await open()).connector.backfill?.(entity, null))
    for (const [place, { checkpoint }] of pages.entries()) {
      const stored = JSON.parse(JSON.stringify(checkpoint)) as Checkpoint
      const rest = await pagesOf((await open()).connector.backfill?.(entity, stored))
      const union = recordsOf([...pages.slice(0, place + 1), ...rest]).map(({ key }) => key)
      expect(union).toEqual(ids())
    }
  })

  test('that come with repeated records end all the same', async () => {
    fill(25)
    fake.faults.repeatRecords = true
    const { connector } = await open()
    const keys = recordsOf(await pagesOf(connector.backfill?.(entity, null))).map(({ key }) => key)
    expect([...new Set(keys)]).toEqual(ids())
  })
})

test('A total that the system tells saves the request after the last page', async () => {
  fill(20)
  const told = thingOptions('offset')
  told.list = { ...(told.list as JsonObject), total: 'meta.total' }
  const requests = async (options: JsonObject): Promise<number> => {
    const before = fake.requests
    const pages = await pagesOf((await open()).connector.backfill?.(entityOf(options), null))
    if (options === told) expect(pages[0]?.totalEstimate).toBe(20)
    return fake.requests - before
  }
  expect([await requests(thingOptions('offset')), await requests(told)]).toEqual([3, 2])
})

test('A system that gives the same page for ever is told, not followed', async () => {
  fake.faults.answer = { status: 200, body: '{"data":[{"id":"a"}],"meta":{"next_cursor":"c"}}' }
  const { connector } = await open()
  const reading = pagesOf(connector.backfill?.(entityOf(thingOptions('cursor')), null))
  await expect(reading).rejects.toMatchObject({ code: 'connector.unexpected' })
})

test('An address of the next page on another origin is not followed', async () => {
  fake.faults.answer = { status: 200, body: '{"data":[{"id":"a"}],"meta":{"next":"http://localhost:1/steal"}}' }
  const { connector } = await open()
  const reading = pagesOf(connector.backfill?.(entityOf(thingOptions('next')), null))
  await expect(reading).rejects.toMatchObject({ code: 'connector.settings', family: 'config' })
})

test('A key in the query that the system echoes in its links is in no checkpoint', async () => {
  const link = `${fake.url}/api/things?api_key=${SECRET}&cursor=c`
  fake.faults.answer = { status: 200, headers: { link: `<${link}>; rel="next"` }, body: '{"data":[{"id":"a"}]}' }
  const { connector } = await open({ auth: { scheme: 'apiKey', in: 'query', name: 'api_key', key: SECRET } })
  for await (const page of connector.backfill?.(entityOf(thingOptions('link')), null) ?? []) {
    expect(JSON.stringify(page)).not.toContain(SECRET)
    expect(JSON.stringify(page.checkpoint)).toContain('cursor=c')
    break
  }
})

test.each([
  ['<https://h/a>; rel="next"', 'https://h/a'],
  ['<https://h/a?x=1,2>; rel="prev", <https://h/b;c>; title="a, b"; rel="last next"', 'https://h/b;c'],
  ['</b>;rel=next', '/b'],
  ['<https://h/a>; rel="prev"', undefined],
  ['<https://h/a>; title="rel=next"', undefined],
  ['', undefined],
])('The header Link: %s has the next page %s', (header, expected) => {
  expect(linkNext(header)).toBe(expected)
})

describe('a snapshot whose cursor has expired', () => {
  const entity = entityOf(thingOptions('cursor'))
  const errors = [{ status: [410], means: 'expired' }]

  test('begins again, with the same versions', async () => {
    fill(30)
    const { connector } = await open({ errors })
    const [first] = await pagesOf(connector.backfill?.(entity, null))
    fake.expireCursors()
    const again = recordsOf(await pagesOf(connector.backfill?.(entity, first?.checkpoint ?? null)))
    expect(again.map(({ key }) => key)).toEqual(ids())
    expect(again[0]?.version).toBe(first?.records[0]?.version)
  })

  test('is not begun again and again within one go', async () => {
    fill(30)
    const { connector } = await open({ errors })
    const reading = async (): Promise<void> => {
      for await (const page of connector.backfill?.(entity, null) ?? [])
        if (page.records.length > 0) fake.expireCursors()
    }
    await expect(reading()).rejects.toMatchObject({ code: 'connector.rejected' })
  })
})

describe('polls', () => {
  test('report a gap where the system has forgotten the changes, and go on from the place of now', async () => {
    const { connector } = await open({ errors: [{ status: [410], means: 'expired', code: 'error.code' }] })
    const entity = entityOf(thingOptions('cursor'))
    const start = lastCheckpoint(await pagesOf(connector.poll?.(entity, null)))
    fill(3)
    fake.forgetChangesBefore(new Date(Date.now() + 1000).toISOString())
    const pages = await pagesOf(connector.poll?.(entity, start))
    expect(pages.map(({ gap }) => gap)).toEqual([expect.stringContaining('changes_forgotten')])
    fake.forgetChangesBefore('')
    const next = await pagesOf(connector.poll?.(entity, lastCheckpoint(pages)))
    expect(recordsOf(next).length).toBe(3)
  })

  test('without a way to ask for changes read everything, and deliver what differs', async () => {
    fill(12)
    const { changes: _, ...options } = thingOptions('cursor')
    const entity = entityOf(options)
    const { connector } = await open()
    const start = lastCheckpoint(await pagesOf(connector.poll?.(entity, null)))
    const first = await pagesOf(connector.poll?.(entity, start))
    expect(recordsOf(first).length).toBe(12)
    expect(await pagesOf(connector.poll?.(entity, lastCheckpoint(first)))).toEqual([])
    fake.collection('things').put('t0003', { name: 'Other' })
    const second = await pagesOf(connector.poll?.(entity, lastCheckpoint(first)))
    expect(recordsOf(second).map(({ key, data }) => [key, data?.name])).toEqual([['t0003', 'Other']])
  })

  test('begin at the clock of the system, not at that of the hub', async () => {
    // The hub's clock is an hour ahead.
    const { connector } = await open({}, () => Date.now() + 3_600_000)
    const entity = entityOf(thingOptions('cursor'))
    const start = lastCheckpoint(await pagesOf(connector.poll?.(entity, null)))
    fill(2)
    expect(recordsOf(await pagesOf(connector.poll?.(entity, start))).length).toBe(2)
  })

  test('keep a small position when very many records change at once', async () => {
    const { connector } = await open()
    const entity = entityOf(thingOptions('cursor', { page: { style: 'cursor', size: 1000, at: 'meta.next_cursor' } }))
    const start = lastCheckpoint(await pagesOf(connector.poll?.(entity, null)))
    const at = new Date().toISOString()
    for (let number = 1; number <= 20_000; number += 1)
      fake.collection('things').put(`t${number}`, { amount: number }, at)
    const pages = await pagesOf(connector.poll?.(entity, start))
    expect(new Set(recordsOf(pages).map(({ key }) => key)).size).toBe(20_000)
    for (const { checkpoint } of pages) expect(JSON.stringify(checkpoint).length).toBeLessThan(64 * 1024)
    const versions = new Set(recordsOf(pages).map(({ key, version }) => `${key} ${version}`))
    for (const { key, version } of recordsOf(await pagesOf(connector.poll?.(entity, lastCheckpoint(pages))))) {
      expect(versions.has(`${key} ${version}`)).toBe(true)
    }
  })

  test('refuse a stored position that is not their own', async () => {
    const { connector } = await open()
    for (const checkpoint of [{}, { since: 'x', mark: null, seen: '' }, { since: null, mark: 5, seen: '' }]) {
      const reading = pagesOf(connector.poll?.(entityOf(thingOptions('cursor')), checkpoint))
      await expect(reading).rejects.toMatchObject({ code: 'connector.settings' })
    }
  })

  const happening = fc.record({
    after: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 6000 })),
    key: fc.integer({ min: 0, max: 30 }),
    value: fc.nat(),
    /** How much later than its time it becomes visible, ms; less than the look-back. */
    late: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 })),
    poll: fc.boolean(),
    crashAfter: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
    remove: fc.integer({ min: 0, max: 9 }),
  })

  test.each(['number', 'offset', 'cursor', 'link'])(
    'miss nothing that becomes visible within the look-back, with pages by %s that move while they are read',
    async (style) => {
      const size = 3
      const options = thingOptions(style)
      options.page = { ...(options.page as JsonObject), size }
      await fc.assert(
        fc.asyncProperty(fc.array(happening, { maxLength: 25 }), async (happenings) => {
          let now = Date.parse('2026-01-01T00:00:00Z')
          const things = fake.addCollection('things', { name: 'text', amount: 'integer' })
          const { connector } = await open({}, () => now)
          const sink = new Sink()
          const entity = entityOf(options)
          let checkpoint: Checkpoint = { since: String(BigInt(now - 5000) * 1000n), mark: null, seen: '' }
          const pending: { at: number; visible: number; key: string; value: number; remove: boolean }[] = []
          const becomeVisible = (): void => {
            for (const each of pending.filter(({ visible }) => visible <= now)) {
              pending.splice(pending.indexOf(each), 1)
              const before = things.get(each.key)?.record.updated_at ?? ''
              const at = new Date(each.at).toISOString()
              if (before <= at) things.put(each.key, { amount: each.value, deleted: each.remove }, at)
            }
          }
          const pass = async (crashAfter: number | undefined, isDisturbed: boolean): Promise<void> => {
            let pages = 0
            for await (const page of connector.poll?.(entity, checkpoint) ?? []) {
              sink.take(page)
              if (pages === crashAfter) return
              pages += 1
              checkpoint = page.checkpoint ?? checkpoint
              // Somebody is at work while the pages are read.
              const [first] = things.sorted('updated_at')
              if (isDisturbed && pages === 1 && first !== undefined)
                things.put(first.id, { name: `moved ${now}` }, new Date(now).toISOString())
            }
          }
          for (const { after, key, value, late, poll, crashAfter, remove } of happenings) {
            now += after
            becomeVisible()
            pending.push({ at: now, visible: now + late, key: `k${key}`, value, remove: remove === 0 })
            becomeVisible()
            if (poll) await pass(crashAfter, true)
          }
          now += 5000
          becomeVisible()
          await pass(undefined, false)
          await pass(undefined, false)
          const theirs = things.all().filter(({ deleted }) => !deleted)
          const ours = new Map([...sink.live('Thing')].map(([key, data]) => [key, data]))
          expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs.map((each) => [each.id, each])))
          await connector.close()
        }),
        { numRuns: 60 },
      )
    },
  )
})
