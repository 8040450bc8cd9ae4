/** Every example that /docs shows is sent to a hub, and answered as it is said there. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import { addressOf } from '../../hub/api/openapi/examples/code.ts'
import { openApiDocument } from '../../hub/api/openapi/document.ts'
import { examplesOf, type ShownExample } from '../../hub/api/openapi/examples/examples.ts'
import type { Components } from '../../hub/api/openapi/examples/schema-example.ts'
import { OPERATIONS } from '../../hub/api/operations/index.ts'
import type { OperationSpec } from '../../hub/api/operations/operation.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import type { Answer } from '../support/api.ts'
import { type ExampleCompany, filled, startExampleCompany } from './examples/company.ts'

/** What this company has nothing for: it only pushes, has few customers, no write of it has gone wrong, and a file of
 * one line is taken before anybody could cancel it. The exact refusal. */
const NOTHING_FOR: Readonly<Record<string, string>> = {
  getWrite: '404 record.write.unknown',
  retryRecordWrite: '404 record.write.unknown',
  discardRecordWrite: '404 record.write.unknown',
  cancelImport: '409 import.over',
  receivePush: '501 hook.unsupported',
  describeHook: '501 hook.unsupported',
  backfillSystem: '409 system.only-pushes',
  reconcileSystem: '409 system.only-pushes',
  resetSystem: '409 system.only-pushes',
  forgetSystem: '409 system.only-pushes',
  publishMatchingModel: '422 matching.invalid',
  rollBackMatchingModel: '409 matching.nothing-to-roll-back',
  trainMatchingModel: '422 matching.train.records',
  activateMatchingSnapshot: '404 matching.unknown-version',
  rollBackRule: '409 rule.nothing-to-roll-back',
  getWriteBack: '404 write-back.unknown',
  resolveWriteBack: '404 write-back.unknown',
  retryWriteBack: '404 write-back.unknown',
}

const document = openApiDocument(OPERATIONS, '1.0')
const components = document['components'] as { schemas: Components }
const ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false })
const examples = OPERATIONS.flatMap((spec) =>
  examplesOf(spec, components.schemas).map((example): [string, OperationSpec, ShownExample] => [
    `${spec.id}: ${example.title}`,
    spec,
    example,
  ]),
)

let company: ExampleCompany
beforeAll(async () => {
  company = await startExampleCompany()
}, 60_000)
afterAll(() => company.hub.stop())

async function send(spec: OperationSpec, { request }: ShownExample): Promise<Answer> {
  const { hub, real } = company
  await company.renew(spec.id)
  const address = filled(real, addressOf(spec, request))
  const headers = await headersOf(address, request)
  const { body } = request
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const key = spec.permission === 'public' ? null : hub.adminKey
  return hub.ask(address, {
    method: spec.method,
    key,
    headers,
    ...(body === undefined ? {} : { body: filled(real, text) }),
  })
}

/** The version that an example names is not the one that is there. */
async function headersOf(
  address: string,
  { headers, contentType }: ShownExample['request'],
): Promise<Record<string, string>> {
  const all = { ...headers, ...(contentType === undefined ? {} : { 'content-type': contentType }) }
  if (!/\.7"$/.test(headers['if-match'] ?? headers['if-none-match'] ?? '')) return all
  const etag = (await company.hub.ask(address)).headers.get('etag') ?? 'none'
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, name.startsWith('if-') ? etag : value]))
}

/** What is wrong with an answer by the schema that is declared for it. */
function faultsOf(spec: OperationSpec, { status, headers, body }: Answer): unknown {
  const schema = spec.answers[status]?.schema
  if (schema === undefined || !/[/+]json/.test(headers.get('content-type') ?? '')) return undefined
  const check = ajv.compile({ ...schema, components: components as unknown as JsonObject })
  return check(body) ? undefined : check.errors?.map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`)
}

describe('The example', () => {
  test.each(examples.filter(([, spec]) => spec.endless !== true))('%s', async (_, spec, example) => {
    const answer = await send(spec, example)
    const refusal = NOTHING_FOR[spec.id]
    if (refusal === undefined) {
      const { status, text } = answer
      expect({ status, text: status === example.status ? '' : text }).toEqual({ status: example.status, text: '' })
      expect(faultsOf(spec, answer)).toBeUndefined()
    } else expect(`${answer.status} ${String(answer.body.code)}`).toBe(refusal)
  })

  test('of the event stream', async () => {
    const [spec] = OPERATIONS.filter(({ endless }) => endless === true)
    if (spec === undefined) throw new Error('there is no stream')
    const [example] = examplesOf(spec, components.schemas)
    if (example === undefined) throw new Error('there is no example')
    const end = new AbortController()
    const headers = { authorization: `Bearer ${company.hub.adminKey}` }
    const answer = await fetch(company.hub.url + addressOf(spec, example.request), { headers, signal: end.signal })
    expect(answer.status).toBe(200)
    const { value } = (await answer.body?.getReader().read()) ?? {}
    expect(new TextDecoder().decode(value)).toContain('omnihub events')
    end.abort()
  })
})
