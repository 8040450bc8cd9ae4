/** Every example that /docs shows is sent as it stands there, by curl, and answered as it is said there. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openApiDocument } from '../../hub/api/openapi/document.ts'
import { examplesOf, type ShownExample } from '../../hub/api/openapi/examples/examples.ts'
import { addressOf } from '../../hub/api/openapi/examples/code.ts'
import type { Components } from '../../hub/api/openapi/examples/schema-example.ts'
import type { OperationSpec } from '../../hub/api/operations/operation.ts'
import { OPERATIONS } from '../../hub/api/operations/index.ts'
import { type ExampleCompany, filled, startExampleCompany } from './examples/company.ts'

const components = (openApiDocument(OPERATIONS, '1.0')['components'] as { schemas: Components }).schemas
const examples = OPERATIONS.flatMap((spec) =>
  examplesOf(spec, components).map((example): [string, OperationSpec, ShownExample] => [
    `${spec.id}: ${example.title}`,
    spec,
    example,
  ]),
)

let company: ExampleCompany
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omnihub-examples-'))
  company = await startExampleCompany()
}, 60_000)
afterAll(async () => {
  await company.hub.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function run(spec: OperationSpec, example: ShownExample): Promise<{ status: number; text: string }> {
  const { hub, real } = company
  await company.renew(spec.id)
  let command = filled(real, example.curl)
  if (/"[0-9a-f-]{36}\.7"/.test(command)) {
    const { headers } = await hub.ask(filled(real, addressOf(spec, example.request)))
    command = command.replace(/"[0-9a-f-]{36}\.7"/, headers.get('etag') ?? 'none')
  }
  const file = join(folder, 'answer')
  const limits = spec.endless === true ? '--max-time 1 ' : ''
  const script = command.replace(/^curl /, `curl ${limits}-s -o ${file} -w '%{http_code}' `)
  const env = { PATH: process.env['PATH'], OMNIHUB_URL: hub.url, OMNIHUB_KEY: hub.adminKey }
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { env }).catch(
    (error: { code: number; stdout: string }) => {
      // An endless answer is ended by curl's own limit.
      if (spec.endless === true && error.code === 28) return error
      throw error as unknown as Error
    },
  )
  return { status: Number(stdout), text: readFileSync(file, 'utf8') }
}

test.each(examples)('%s', async (_, spec, example) => {
  const { status, text } = await run(spec, example)
  expect({ status, text: status === example.status ? '' : text }).toEqual({ status: example.status, text: '' })
})
