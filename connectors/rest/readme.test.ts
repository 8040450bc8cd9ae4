import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { quietContext } from '../conformance/quiet-context.ts'
import { resolveReferences } from '../../hub/intake/connector-engine/references.ts'
import { parseSystemConfig } from '../../hub/intake/connector-engine/system-config.ts'
import { parseMappingOrThrow } from '../../hub/mapping/index.ts'
import { rest } from './index.ts'
import { restOptions } from './options.ts'

const page = readFileSync(new URL('README.md', import.meta.url), 'utf8')
const blocks = [
  ...page.matchAll(/^```yaml\n# ((config|mappings)\/(?:systems\/)?([\w-]+)(?:\/\w+)?\.yaml)\n([^]*?)^```$/gm),
].map(([, file = '', kind = '', name = '', text = '']) => ({ file, kind, name, text }))
const anyEnvironment = new Proxy({}, { get: () => 'x', has: () => true })

describe('every example of the README', () => {
  test('is one of a kind that is tried here', () => {
    expect(blocks.length).toBe(page.match(/^```yaml$/gm)?.length)
    expect(blocks.filter(({ kind }) => kind === 'config').length).toBeGreaterThanOrEqual(4)
  })

  test.each(blocks.map((block) => [block.file, block] as const))('%s is taken as it stands', async (file, block) => {
    if (block.kind === 'mappings') {
      expect(parseMappingOrThrow(block.text, file).source).toBe('Contact')
      return
    }
    const config = parseSystemConfig({ name: block.name, path: file, text: block.text }, [rest])
    const settings = await resolveReferences(config.settings, rest.settings, anyEnvironment, config.document)
    const connector = await rest.open(settings, quietContext(block.name, new AbortController().signal))
    await connector.close()
    for (const { entity, options } of config.entities) expect(restOptions({ entity, options }).entity).toBe(entity)
    expect(parse(block.text)).toHaveProperty('title')
  })
})
