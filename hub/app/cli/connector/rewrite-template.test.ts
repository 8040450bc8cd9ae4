import { readdirSync, readFileSync } from 'node:fs'
import { rewriteTemplate } from './rewrite-template.ts'

const TEMPLATE = new URL('../connector-template/', import.meta.url)
const files = readdirSync(TEMPLATE).map((file) => [file, readFileSync(new URL(file, TEMPLATE), 'utf8')] as const)

describe('a connector from the template', () => {
  test.each(files)('%s takes nothing of the hub but what a workspace may import', (_file, text) => {
    const rewritten = rewriteTemplate(text, 'sage-100', 'workspace')
    const imported = [...rewritten.matchAll(/from '([^']+)'/g)].map((match) => match[1] ?? '')
    expect(
      imported.filter((one) => !/^(omnihub\/(connector|conformance)|\.\/[\w-]+\.ts|node:[\w/]+)$/.test(one)),
    ).toEqual([])
  })

  test.each(files)('%s has its own name wherever the template has its', (file, text) => {
    const rewritten = rewriteTemplate(text, 'sage-100', 'repository')
    expect(rewritten).not.toMatch(/name: 'example'|title: '?Example|connector: example|EXAMPLE_/)
    expect(rewritten).not.toContain('../../../../')
    if (file === 'index.ts') expect(rewritten).toContain("name: 'sage-100',\n  title: 'Sage 100',")
    expect(rewritten.startsWith('# The sage-100 connector\n\n<!-- generated: npm run docs -->')).toBe(
      file === 'README.md',
    )
    if (file === 'README.md') expect(rewritten).toContain('${env:OMNIHUB_SECRET_SAGE_100_TOKEN}')
  })
})
