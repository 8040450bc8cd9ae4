import { Registry } from 'prom-client'
import { openApiDocument } from '../../hub/api/openapi/document.ts'
import { createHttpServer } from '../../hub/api/http/http-server.ts'
import { openApiPage } from '../../hub/api/openapi/page/page.ts'
import { OPERATIONS } from '../../hub/api/operations/index.ts'
import { SoapDesk } from '../../hub/api/soap/soap-desk.ts'
import { apiParts } from '../../hub/app/api-parts.ts'
import { BulkParts } from '../../hub/app/bulk-parts.ts'
import { createLog } from '../../hub/app/log.ts'
import { type WebhookOptions, WebhookParts } from '../../hub/app/webhook-parts.ts'
import { readWorkspace } from '../../hub/app/workspace.ts'
import type { ConnectorSpec } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { hookPath } from '../../hub/intake/connector-engine/connector-engine.ts'
import { PushDesk } from '../../hub/intake/connector-engine/push-desk.ts'
import { RateBudgets } from '../../hub/intake/connector-engine/rate-budget.ts'
import { SystemsDesk } from '../../hub/intake/connector-engine/systems-desk.ts'
import { eventViewOf, parseAccessPolicy } from '../../hub/security/access-policy.ts'
import { AuditTrail } from '../../hub/security/audit-trail.ts'
import { DEFAULT_LIMITS, RateLimits } from '../../hub/security/rate-limits.ts'
import { KeyVerifier } from '../../hub/security/key-verifier.ts'
import { postgresApiKeyStore } from '../../hub/security/postgres-api-key-store.ts'
import type { Role } from '../../hub/security/permissions.ts'
import { makeWorkspace, type RunningCore, startCore } from './core.ts'
import { testDatabase } from './test-database.ts'

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** The body as JSON; an empty object where it is none. */
  body: JsonObject
}

export interface AskOptions {
  method?: string
  /** Absent: the admin key; null: none. */
  key?: string | null
  /** An object is sent as application/json; a text or bytes as they are, with the header that is given. */
  body?: unknown
  headers?: Record<string, string>
}

export interface RunningApi extends RunningCore {
  url: string
  adminKey: string
  ask(path: string, options?: AskOptions): Promise<Answer>
  /** Makes a key of a role; a `system` key is bound to that system. */
  keyOf(role: Role, system?: string): Promise<string>
  /** Fails unless the answer is problem+json of this status, code and pointer. */
  expectProblem(answer: Answer, status: number, code: string, pointer?: string): void
  /** For tests that want what was noted written at once. */
  audit: AuditTrail
  /** Routes of the application, as `GET /v1/customers/{id}`. */
  routes: readonly string[]
}

const ADMIN_KEY = 'the admin key of the tests'

export interface ApiOptions {
  workers?: number
  /** For pushes in a system's own format. */
  connectors?: readonly ConnectorSpec[]
  environment?: Record<string, string | undefined>
  /** How webhooks are sent; to this machine, unless it says otherwise. */
  webhooks?: Partial<WebhookOptions>
}

/** A hub with its HTTP server, in this process, on a database and a workspace of its own. */
export async function startApi(files: Record<string, string>, options: ApiOptions = {}): Promise<RunningApi> {
  const database = await testDatabase()
  const workspace = await makeWorkspace(files)
  const place = { workspace: workspace.folder, databaseUrl: database.url, workers: options.workers ?? 2 }
  const running = await startCore(place)
  const stopAll = async (): Promise<void> => {
    await running.stop()
    workspace.remove()
    await database.drop()
  }
  try {
    return await withHttp(running, workspace.folder, stopAll, options)
  } catch (error) {
    // A hub that stays behind would keep the tests from ending.
    await stopAll()
    throw error
  }
}

async function withHttp(
  running: RunningCore,
  folder: string,
  stopAll: () => Promise<void>,
  options: ApiOptions,
): Promise<RunningApi> {
  const { db, core } = running
  const keyStore = postgresApiKeyStore(db)
  const verifier = new KeyVerifier({ store: keyStore, adminKey: ADMIN_KEY, now: () => performance.now() })
  const stopping = new AbortController()
  const document = openApiDocument(OPERATIONS, '0.0.0')
  const workspace = await readWorkspace(folder)
  const budgets = new RateBudgets(db)
  const pushes = new PushDesk({
    db,
    accept: (changes) => core.acceptor.accept(changes),
    systems: workspace.systems,
    connectors: options.connectors ?? [],
    environment: options.environment ?? {},
    budgets,
    hookUrl: (system) => `http://hub.example${hookPath(system)}`,
    log: createLog('silent'),
  })
  pushes.start()
  const access = parseAccessPolicy(workspace.access)
  const webhooks = new WebhookParts({
    db,
    box: running.vault.box,
    egressAllow: undefined,
    loopback: true,
    view: eventViewOf(access),
    log: createLog('warn'),
    ...options.webhooks,
  })
  core.onRelayed(() => {
    webhooks.nudge()
  })
  webhooks.start()
  const audit = new AuditTrail({
    db,
    onError: (error) => {
      throw error
    },
  })
  audit.start()
  const bulk = new BulkParts({
    db,
    core,
    workspace,
    access,
    tendMs: 300,
    onError: (error) => {
      throw error
    },
  })
  bulk.start()
  const limits = new RateLimits(DEFAULT_LIMITS, () => performance.now())
  const soap = new SoapDesk({
    operations: OPERATIONS,
    verifier,
    limits,
    now: () => Date.now(),
    onError: (error) => {
      throw error
    },
  })
  const parts = apiParts({
    db,
    core,
    workspace,
    reader: new SystemsDesk({ db, systems: workspace.systems, connectors: [] }),
    verifier,
    keyStore,
    changesBytesMax: 10 * 1024 * 1024,
    stopping: stopping.signal,
    hooks: pushes,
    subscriptions: webhooks.desk,
    bulk,
    soap: { desk: soap, publicUrl: undefined },
    onError: (error) => {
      throw error
    },
  })
  const http = await createHttpServer({
    verifier,
    stopping,
    log: createLog('error'),
    registry: new Registry(),
    readiness: [],
    audit,
    access,
    limits,
    admit: (system) => pushes.admit(system),
    changesBytesMax: 10 * 1024 * 1024,
    openApi: JSON.stringify(document),
    docs: openApiPage(document),
    ...parts,
  })
  const { url } = await http.listen(0, '127.0.0.1')
  const ask = (path: string, askOptions: AskOptions = {}): Promise<Answer> => request(url, path, askOptions)
  return {
    ...running,
    url,
    adminKey: ADMIN_KEY,
    audit,
    ask,
    keyOf: async (role, system) => {
      const { body } = await ask('/admin/v1/keys', {
        method: 'POST',
        body: { name: `a ${role}`, role, ...(system && { system }) },
      })
      return String(body.key)
    },
    expectProblem,
    routes: routesOf(http.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false })),
    stop: async () => {
      await http.close(1_000)
      await bulk.stop()
      await webhooks.stop()
      await pushes.stop()
      await audit.stop()
      await stopAll()
    },
  }
}

async function request(url: string, path: string, options: AskOptions): Promise<Answer> {
  const { method = 'GET', key = ADMIN_KEY, body, headers = {} } = options
  const plain = typeof body === 'string' || body instanceof Uint8Array
  const answer = await fetch(url + path, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined || plain ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: plain ? (body as string) : JSON.stringify(body) }),
  })
  const text = await answer.text()
  const isJson = /[/+]json(;|$)/.test(answer.headers.get('content-type') ?? '') && text !== ''
  return { status: answer.status, headers: answer.headers, text, body: isJson ? (JSON.parse(text) as JsonObject) : {} }
}

function expectProblem(answer: Answer, status: number, code: string, pointer?: string): void {
  const expected = { code, status, ...(pointer === undefined ? {} : { pointer }) }
  expect(answer.body).toMatchObject(expected)
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
}

/** Fastify prints a tree; each line that ends with methods in brackets is a route, its depth tells what stands before it. */
function routesOf(tree: string): string[] {
  const parents: string[] = []
  const routes: string[] = []
  for (const line of tree.split('\n')) {
    const [, indent = '', path = '', , methods] = /^([\s│]*)[├└]── (\S*)( \(([A-Z, ]+)\))?/.exec(line) ?? []
    if (line.trim() === '') continue
    const depth = indent.length / 4
    parents.length = depth
    parents[depth] = path
    if (methods === undefined) continue
    const whole = parents.join('').replace(/:(\w+)/g, '{$1}')
    for (const method of methods.split(', ')) if (method !== 'HEAD') routes.push(`${method} ${whole}`)
  }
  return routes
}

/** Sends changes as one batch, which must be taken, and waits until all of it is applied. */
export async function sendChanges(
  hub: Pick<RunningApi, 'ask' | 'quiet'>,
  ...events: readonly JsonObject[]
): Promise<void> {
  const headers = { 'content-type': 'application/cloudevents-batch+json' }
  const { status, text } = await hub.ask('/v1/changes', { method: 'POST', headers, body: JSON.stringify(events) })
  if (status !== 202) throw new Error(text)
  await hub.quiet()
}

let count = 0

/** A CloudEvent of a change, with an id of its own unless given. */
export function changeEvent(
  lane: `${string}/${string}/${string}`,
  data: JsonObject | null,
  more: JsonObject = {},
): JsonObject {
  const [system = '', entity = '', ...key] = lane.split('/')
  return {
    specversion: '1.0',
    id: `event-${++count}`,
    source: `/systems/${system}`,
    type: data === null ? 'omnihub.change.deleted' : 'omnihub.change.upserted',
    subject: `${encodeURIComponent(entity)}/${encodeURIComponent(key.join('/'))}`,
    time: '2026-03-01T09:30:00Z',
    ...(data === null ? {} : { data }),
    ...more,
  }
}
