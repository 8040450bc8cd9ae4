import { OPERATIONS } from '../../hub/api/operations/index.ts'
import { mayDo, ROLES } from '../../hub/security/permissions.ts'
import { type RunningApi, startApi } from '../support/api.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'

let hub: RunningApi
beforeAll(async () => {
  hub = await startApi(PUSH_WORKSPACE, { workers: 1 })
})
afterAll(() => hub.stop())

const declared = OPERATIONS.map(({ method, path }) => `${method} ${path}`)
const someAddress = (path: string): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'no' || name === 'revision'
      ? '1'
      : name === 'id' || name === 'write'
        ? '0191e2a0-7b1c-7000-8000-123456789012'
        : 'crm',
  )

describe('The application', () => {
  test('has a route for each operation and no other', () => {
    expect([...hub.routes].sort()).toEqual([...declared].sort())
  })

  test('shows just these in its OpenAPI document', async () => {
    const { body } = await hub.ask('/openapi.json', { key: null })
    const paths = body.paths as Record<string, Record<string, unknown>>
    const shown = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(shown.sort()).toEqual([...declared].sort())
  })

  test('lets nobody in without a key, except where the operation is public', async () => {
    for (const { method, path, permission } of OPERATIONS) {
      const { status } = await hub.ask(someAddress(path), { method, key: null })
      expect([path, status === 401]).toEqual([path, permission !== 'public'])
    }
  })

  test('lets each role do what the table of permissions says, and nothing else', async () => {
    for (const role of ROLES.filter((name) => name !== 'admin')) {
      const key = await hub.keyOf(role, role === 'system' ? 'crm' : undefined)
      for (const { method, path, permission } of OPERATIONS) {
        // A stream does not end by itself, and a change by this role is another test's.
        if (permission === 'public' || path === '/v1/events') continue
        const allowed = mayDo(role, permission)
        if (allowed && method !== 'GET') continue
        const { status } = await hub.ask(someAddress(path), { method, key })
        expect([role, path, status === 403]).toEqual([role, path, !allowed])
      }
    }
  })

  test('refuses a parameter that an operation does not have', async () => {
    for (const { method, path, permission } of OPERATIONS) {
      if (method !== 'GET' || permission === 'public') continue
      const answer = await hub.ask(`${someAddress(path)}?teapot=1`)
      expect([path, answer.status, answer.body.pointer]).toEqual([path, 400, '?teapot'])
    }
  })

  test('stops a revoked key, and shows no secret in the list', async () => {
    const key = await hub.keyOf('viewer')
    expect(await hub.ask('/v1/customers', { key })).toMatchObject({ status: 200 })
    const id = key.split('_')[1]
    expect(await hub.ask(`/admin/v1/keys/${id}`, { method: 'DELETE' })).toMatchObject({ status: 200, body: { id } })
    hub.expectProblem(await hub.ask('/v1/customers', { key }), 401, 'auth.invalid')
    const list = await hub.ask('/admin/v1/keys')
    expect(list.text).toContain(id)
    // The secret may itself have the character that ends the id.
    expect(list.text).not.toContain(key.split('_').slice(2).join('_'))
    hub.expectProblem(await hub.ask('/admin/v1/keys/aaaaaaaaaaaa', { method: 'DELETE' }), 404, 'key.unknown')
  })

  test('lets two keys be valid while one takes the place of the other', async () => {
    const limits = { perSecond: 50, burst: 60, concurrent: 7 }
    const made = await hub.ask('/admin/v1/keys', { method: 'POST', body: { name: 'shop', role: 'viewer', limits } })
    const [old, id] = [String(made.body.key), String(made.body.id)]
    const body = { overlapSeconds: 2 }
    const rotated = await hub.ask(`/admin/v1/keys/${id}/rotate`, { method: 'POST', body })
    expect(rotated).toMatchObject({ status: 201, body: { name: 'shop', role: 'viewer', limits, expiresAt: null } })
    const fresh = String(rotated.body.key)
    expect((await hub.ask('/v1/customers', { key: old })).status).toBe(200)
    const answer = await hub.ask('/v1/customers', { key: fresh })
    expect([answer.status, answer.headers.get('ratelimit-policy')]).toEqual([200, '"key";q=60;w=2'])
    const again = await hub.ask(`/admin/v1/keys/${id}/rotate`, { method: 'POST', body })
    hub.expectProblem(again, 409, 'key.not-rotatable')
    await new Promise((resolve) => setTimeout(resolve, 2_100))
    hub.expectProblem(await hub.ask('/v1/customers', { key: old }), 401, 'auth.invalid')
    expect((await hub.ask('/v1/customers', { key: fresh })).status).toBe(200)
    const unknown = await hub.ask('/admin/v1/keys/aaaaaaaaaaaa/rotate', { method: 'POST', body })
    hub.expectProblem(unknown, 404, 'key.unknown')
  })

  test.each([
    [{ name: 'x', role: 'emperor' }, 'request.body.invalid', '/role'],
    [{ name: '', role: 'viewer' }, 'request.body.invalid', '/name'],
    [{ name: 'x', role: 'system' }, 'key.invalid', '/system'],
    [{ name: 'x', role: 'system', system: 'nobody' }, 'key.invalid', '/system'],
    [{ name: 'x', role: 'viewer', system: 'crm' }, 'key.invalid', '/system'],
    [{ name: 'x', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' }, 'key.invalid', '/expiresAt'],
  ])('refuses a key such as %j', async (body, code, pointer) => {
    hub.expectProblem(await hub.ask('/admin/v1/keys', { method: 'POST', body }), 422, code, pointer)
  })
})
