import type { JsonObject } from '../../hub/contracts/json.ts'
import { changeEvent, type RunningApi, sendChanges, startApi } from '../support/api.ts'
import { shippedDocument } from '../support/matching-model.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'

let hub: RunningApi
beforeAll(async () => {
  hub = await startApi(PUSH_WORKSPACE)
})
afterAll(() => hub.stop())

const address = '/admin/v1/matching'
const post = (path: string, body?: JsonObject) =>
  hub.ask(`${address}${path}`, { method: 'POST', ...(body === undefined ? {} : { body }) })

describe('What matching rests on', () => {
  test('is the workspace’s model at first', async () => {
    expect(await hub.ask(address)).toMatchObject({
      status: 200,
      body: { model: 1, snapshot: null, author: 'workspace', rechecks: { waiting: 0 } },
    })
    const { body } = await hub.ask(`${address}/model`)
    expect(body).toMatchObject({ version: 1, origin: 'workspace', document: shippedDocument() })
    hub.expectProblem(await hub.ask(`${address}/model?version=7`), 404, 'matching.unknown-version')
  })

  test('is a model sent by a steward once it is published, until it is rolled back', async () => {
    const document = { ...shippedDocument(), version: 'three bits', joinThreshold: 3 } as unknown as JsonObject
    const wrong = await post('/model', { document: { ...document, joinThreshold: 'three' } })
    hub.expectProblem(wrong, 422, 'matching.invalid')
    expect(wrong.body.pointer).toBe('/joinThreshold')
    expect(await post('/model', { document, note: 'to try it' })).toMatchObject({ status: 200, body: { version: 2 } })
    hub.expectProblem(await post('/model', { document }), 409, 'matching.already-in-force')
    expect((await hub.ask(`${address}/models`)).body.items).toMatchObject([
      { version: 2, name: 'three bits', note: 'to try it' },
      { version: 1, name: 'default-1' },
    ])
    expect(await post('/model/roll-back')).toMatchObject({ status: 200, body: { version: 1 } })
    expect(await hub.ask(address)).toMatchObject({ body: { model: 1 } })
  })

  test('is a snapshot of the stored records once one is taken, until it is withdrawn', async () => {
    hub.expectProblem(await post('/snapshots'), 422, 'matching.snapshot.empty')
    hub.expectProblem(await post('/snapshots/withdraw'), 409, 'matching.no-snapshot')
    const events = Array.from({ length: 30 }, (_, i) =>
      changeEvent(`crm/Contact/${i}`, { Id: String(i), FirstName: 'Kim', LastName: `Name${i}`, Born: '1971-03-12' }),
    )
    await sendChanges(hub, ...events)
    const taken = await post('/snapshots', { note: 'first' })
    expect(taken).toMatchObject({ status: 201, body: { version: 1, records: 30, measured: 30, alone: {} } })
    expect(await hub.ask(address)).toMatchObject({ body: { snapshot: 1 } })
    expect(await post('/snapshots/withdraw')).toMatchObject({ status: 200, body: { version: 1 } })
    expect(await post('/snapshots/1/activate')).toMatchObject({ status: 200, body: { version: 1 } })
    hub.expectProblem(await post('/snapshots/1/activate'), 409, 'matching.already-in-force')
    hub.expectProblem(await post('/snapshots/2/activate'), 404, 'matching.unknown-version')
    expect((await hub.ask(`${address}/snapshots`)).body.items).toMatchObject([{ version: 1, note: 'first', alone: {} }])
    hub.expectProblem(await post('/model/train', { kind: 'person', name: 'ours' }), 422, 'matching.train.records')
  })
})
