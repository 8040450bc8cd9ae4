/** Whatever happens to the stream of change events, what was read ends as what there is. */
import { setTimeout as sleep } from 'node:timers/promises'
import { SalesforceFake } from '../../demo/fakes/salesforce/index.ts'
import type { Checkpoint, EntityConfig, Page } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { Sink } from '../conformance/sink.ts'
import { SalesforceConnector } from './connector.ts'
import { salesforceSettings } from './settings.ts'

const CONTACT: EntityConfig = { entity: 'Contact', mode: 'log', options: {} }
const EDITS_MS = 8000
/** Longer than a connector waits for an event before it takes it for lost. */
const QUIET_MS = 6500

test('random changes arrive through restarts, lost sessions, repeats and broken answers, without a false gap', async () => {
  const fake = new SalesforceFake({
    longPollSeconds: 2,
    objects: { Contact: { fields: { LastName: { type: 'string' } } } },
  })
  await fake.listen()
  const sink = new Sink()
  const gaps: string[] = []
  let place: Checkpoint | null = null
  const take = (page: Page): void => {
    sink.take(page)
    if (page.gap !== undefined) gaps.push(page.gap)
    // Now and then the process ends between delivery and checkpoint.
    if (Math.random() < 0.9) place = page.checkpoint ?? place
  }
  const follow = async (ms: number): Promise<void> => {
    const abort = new AbortController()
    const { clientId, clientSecret } = fake.organization.options
    const settings = salesforceSettings({ loginUrl: fake.url, clientId, clientSecret })
    const connector = new SalesforceConnector(settings, quietContext('crm', abort.signal))
    const timer = setTimeout(() => abort.abort(), ms)
    try {
      for await (const page of connector.subscribe([CONTACT], place)) take(page)
    } catch (error) {
      if (!(error instanceof HubError) || error.family !== 'retry') throw error
    } finally {
      clearTimeout(timer)
      await connector.close()
    }
  }
  try {
    const until = Date.now() + EDITS_MS
    const edits = editAtRandom(fake, until)
    while (Date.now() < until) await follow(200 + Math.random() * 1500)
    await edits
    await follow(QUIET_MS)
    const read = [...sink.live('Contact')].map(([id, data]) => [id, data.LastName])
    const there = [...fake.store.rows('Contact')].filter((row) => row.IsDeleted !== true)
    expect(new Map(read as [string, string][])).toEqual(new Map(there.map((row) => [row.Id, row.LastName])))
    expect(there.length).toBeGreaterThan(50)
    expect(gaps).toEqual([])
  } finally {
    await fake.close()
  }
})

async function editAtRandom(fake: SalesforceFake, until: number): Promise<void> {
  const ids: string[] = []
  const often = (share: number): boolean => Math.random() < share
  while (Date.now() < until) {
    fake.store.transaction((transaction) => {
      for (let edits = 1 + Math.floor(Math.random() * 4); edits > 0; edits -= 1) {
        const id = ids[Math.floor(Math.random() * ids.length)]
        const row = id === undefined ? undefined : fake.store.get('Contact', id)
        const LastName = `Name ${Math.floor(Math.random() * 1e6)}`
        if (id === undefined || row === undefined || often(0.3)) {
          ids.push(String(transaction.insert('Contact', { LastName }).Id))
        } else if (row.IsDeleted === true) transaction.undelete('Contact', id)
        else if (often(0.1)) transaction.delete('Contact', id)
        else transaction.update('Contact', id, { LastName })
      }
    })
    fake.faults.duplicateEvents = often(0.2)
    if (often(0.02)) fake.streaming.forgetClients()
    if (often(0.02)) fake.organization.endSessions()
    if (often(0.02)) fake.faults.dropMidResponse = 1
    if (often(0.02)) fake.faults.throttle = { kind: 'unavailable', times: 1 }
    await sleep(Math.random() * 25)
  }
  fake.faults.duplicateEvents = false
  fake.faults.dropMidResponse = 0
  fake.faults.throttle = undefined
}
