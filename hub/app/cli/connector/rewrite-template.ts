import { posix } from 'node:path'

export type Place = 'workspace' | 'repository'

const KIT = '../../../../connectors/authoring.ts'
const CONFORMANCE = '../../../../connectors/conformance/authoring.ts'
/** Where `npm run docs` puts what the spec says into a README. */
const GENERATED = '<!-- generated: npm run docs -->\n\n<!-- /generated -->'

/**
 * Where a file of the template belongs, below the workspace or the repository. In the repository harnesses are with the
 * tests and fakes with the demo, because the product runs without both.
 */
export function placeOf(file: string, name: string, place: Place): string {
  if (place === 'repository' && file === 'harness.ts') return `test/conformance/harnesses/${name}.ts`
  if (place === 'repository' && file === 'example-system.ts') return `demo/fakes/${name}/${file}`
  return `connectors/${name}/${file}`
}

/** A file of the template as that of a new connector. */
export function rewriteTemplate(file: string, text: string, name: string, place: Place): string {
  const imported = text.replaceAll(/(from ')(\.{1,2}\/[^']+)(')/g, (_, before: string, from: string, after: string) => {
    return `${before}${importOf(file, from, name, place)}${after}`
  })
  const marked = place === 'repository' ? imported.replace(/^(# .*\n)/, `$1\n${GENERATED}\n`) : imported
  return marked
    .replaceAll("name: 'example'", `name: '${name}'`)
    .replaceAll("title: 'Example'", `title: '${titleOf(name)}'`)
    .replaceAll(/(config\/systems|mappings)\/example\b/g, `$1/${name}`)
    .replaceAll('connector: example', `connector: ${name}`)
    .replaceAll('title: Example', `title: ${titleOf(name)}`)
    .replaceAll('The example connector', `The ${name} connector`)
    .replaceAll('OMNIHUB_SECRET_EXAMPLE_', `OMNIHUB_SECRET_${name.replaceAll('-', '_').toUpperCase()}_`)
    .replaceAll('of Example by', `of ${titleOf(name)} by`)
    .replaceAll('`Example $', `\`${titleOf(name)} $`)
}

/** The kit by the name of the package, or beside it in this repository; files of the template where they belong. */
function importOf(file: string, from: string, name: string, place: Place): string {
  if (from === KIT && place === 'workspace') return 'omnihub/connector'
  if (from === CONFORMANCE && place === 'workspace') return 'omnihub/conformance'
  const target =
    from === KIT || from === CONFORMANCE ? from.replace('../../../../', '') : placeOf(posix.basename(from), name, place)
  const relative = posix.relative(posix.dirname(placeOf(file, name, place)), target)
  return relative.startsWith('.') ? relative : `./${relative}`
}

/** sage-100 -> Sage 100 */
function titleOf(name: string): string {
  const words = name.split('-').join(' ')
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}
