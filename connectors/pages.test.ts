/** What people write by hand in a connector's README: the examples in it must be such that the hub takes them. */
import { existsSync, readFileSync } from 'node:fs'
import { parseSystemConfig } from '../hub/intake/connector-engine/system-config.ts'
import { CONNECTORS } from './index.ts'

function readme(name: string): string {
  const path = new URL(`${name}/README.md`, import.meta.url)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

/** The YAML blocks whose first line names a file of config/systems/. */
function systemExamples(page: string): { name: string; text: string }[] {
  return [...page.matchAll(/^```yaml\n(# config\/systems\/([\w-]+)\.yaml.*\n[^]*?)^```$/gm)].map(
    ([, text = '', name = '']) => ({ name, text }),
  )
}

describe.each(CONNECTORS.map(({ name }) => name))('the README of the connector %s', (name) => {
  const examples = systemExamples(readme(name))

  test('has an example of config/systems, and each one is a document that the hub takes', () => {
    expect(examples).not.toEqual([])
    for (const example of examples) {
      const path = `config/systems/${example.name}.yaml`
      const config = parseSystemConfig({ name: example.name, path, text: example.text }, CONNECTORS)
      expect(config.connector).toBe(name)
    }
  })
})
