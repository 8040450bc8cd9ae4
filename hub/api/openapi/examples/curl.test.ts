import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { OPERATIONS } from '../../operations/index.ts'
import { openApiDocument } from '../document.ts'
import { addressOf } from './code.ts'
import { examplesOf } from './examples.ts'
import type { Components } from './schema-example.ts'

const { schemas } = openApiDocument(OPERATIONS, '1.0')['components'] as { schemas: Components }

test('each command for curl, run by a shell, sends the very request that it stands for', async () => {
  const sent: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method, url, headers } = request
      sent.push(
        JSON.stringify({
          method,
          url,
          key: headers.authorization,
          type: headers['content-type'],
          etag: headers['if-match'],
          body: Buffer.concat(chunks).toString(),
        }),
      )
      response.end()
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const all = OPERATIONS.flatMap((spec) => examplesOf(spec, schemas).map((example) => ({ spec, ...example })))
  const expected = all.map(({ spec, request }) => {
    const { body, headers, contentType } = request
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body, null, 2)
    const key = spec.permission === 'public' ? undefined : 'Bearer omni_key'
    return JSON.stringify({
      method: spec.method,
      url: addressOf(spec, request),
      key,
      type: contentType,
      etag: headers['if-match'],
      body: text,
    })
  })
  const script = all.map(({ curl }) => curl.replace(/^curl /, 'curl -sS ')).join('\n')
  const env = {
    PATH: process.env['PATH'],
    OMNIHUB_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    OMNIHUB_KEY: 'omni_key',
  }
  await promisify(execFile)('bash', ['-euc', script], { env, maxBuffer: 2 ** 24 })
  server.close()
  expect(sent).toEqual(expected)
}, 60_000)
