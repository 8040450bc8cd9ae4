import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { ROOT } from '../../../../scripts/checks.ts'
import { placeOf, rewriteTemplate } from './rewrite-template.ts'

const TEMPLATE = new URL('../connector-template/', import.meta.url)
const files = readdirSync(TEMPLATE).map((file) => [file, readFileSync(new URL(file, TEMPLATE), 'utf8')] as const)

function importsOf(text: string): string[] {
  return [...text.matchAll(/from '([^']+)'/g)].map((match) => match[1] ?? '')
}

describe('a connector from the template', () => {
  test.each(files)('%s takes nothing of the hub but what a workspace may import', (file, text) => {
    const allowed = /^(omnihub\/(connector|conformance)|\.\/[\w-]+\.ts|node:[\w/]+)$/
    const rewritten = rewriteTemplate(file, text, 'sage-100', 'workspace')
    expect(importsOf(rewritten).filter((one) => !allowed.test(one))).toEqual([])
  })

  test.each(files)('%s finds in the repository all that it imports', (file, text) => {
    const made = new Set(files.map(([one]) => placeOf(one, 'sage-100', 'repository')))
    const folder = posix.dirname(placeOf(file, 'sage-100', 'repository'))
    const targets = importsOf(rewriteTemplate(file, text, 'sage-100', 'repository'))
      .filter((one) => one.startsWith('.'))
      .map((one) => posix.join(folder, one))
    expect(targets.filter((target) => !made.has(target) && !existsSync(posix.join(ROOT, target)))).toEqual([])
  })

  test.each(files)('%s has its own name wherever the template has its', (file, text) => {
    const rewritten = rewriteTemplate(file, text, 'sage-100', 'repository')
    expect(rewritten).not.toMatch(/name: 'example'|title: '?Example|connector: example|EXAMPLE_/)
    const marked = rewritten.startsWith('# The sage-100 connector\n\n<!-- generated: npm run docs -->')
    expect(marked).toBe(file === 'README.md')
    if (file === 'index.ts') expect(rewritten).toContain("name: 'sage-100',\n  title: 'Sage 100',")
    if (file === 'README.md') expect(rewritten).toContain('${env:OMNIHUB_SECRET_SAGE_100_TOKEN}')
  })
})
