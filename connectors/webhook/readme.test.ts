import { readFileSync } from 'node:fs'
import { quietContext } from '../conformance/quiet-context.ts'
import { resolveReferences } from '../../hub/intake/connector-engine/references.ts'
import { parseSystemConfig } from '../../hub/intake/connector-engine/system-config.ts'
import { parseMappingOrThrow } from '../../hub/mapping/index.ts'
import { webhook } from './index.ts'

const page = readFileSync(new URL('README.md', import.meta.url), 'utf8')
const blocks = [
  ...page.matchAll(/^```yaml\n# ((config|mappings)\/(?:systems\/)?([\w-]+)(?:\/\w+)?\.yaml)\n([^]*?)^```$/gm),
].map(([, file = '', kind = '', name = '', text = '']) => ({ file, kind, name, text }))
// A secret for Standard Webhooks is base64.
const anyEnvironment = new Proxy({}, { get: () => 'c2VjcmV0', has: () => true })

describe('every example of the README', () => {
  test('is one of a kind that is tried here', () => {
    expect(blocks.length).toBe(page.match(/^```yaml$/gm)?.length)
    expect(blocks.filter(({ kind }) => kind === 'config').length).toBeGreaterThanOrEqual(3)
  })

  test.each(blocks.map((block) => [block.file, block] as const))('%s is taken as it stands', async (file, block) => {
    if (block.kind === 'mappings') {
      expect(parseMappingOrThrow(block.text, file).source).toBe('Customer')
      return
    }
    // A file of secrets is none of this machine's.
    const text = block.text.replace(/\$\{file:[^}]*\}/, '${env:SECRET}')
    const config = parseSystemConfig({ name: block.name, path: file, text }, [webhook])
    const settings = await resolveReferences(config.settings, webhook.settings, anyEnvironment, config.document)
    const connector = await webhook.open(settings, quietContext(block.name, new AbortController().signal))
    expect((await connector.check()).serverVersion).toBe('webhook')
  })
})
