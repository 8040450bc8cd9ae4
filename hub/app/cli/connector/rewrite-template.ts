const KIT = '../../../../connectors/authoring.ts'
const CONFORMANCE = '../../../../connectors/conformance/authoring.ts'
/** Where a connector finds the kit: by the name of the package, or beside it in this repository. */
const PLACES = {
  workspace: { [KIT]: 'omnihub/connector', [CONFORMANCE]: 'omnihub/conformance' },
  repository: { [KIT]: '../authoring.ts', [CONFORMANCE]: '../conformance/authoring.ts' },
} as const

/** Where `npm run docs` puts what the spec says into a README. */
const GENERATED = '<!-- generated: npm run docs -->\n\n<!-- /generated -->'

/** A file of the template under the name of a new connector. */
export function rewriteTemplate(text: string, name: string, place: 'workspace' | 'repository'): string {
  const imports = Object.entries(PLACES[place]).reduce(
    (rewritten, [from, to]) => rewritten.replaceAll(`'${from}'`, `'${to}'`),
    text,
  )
  const marked = place === 'repository' ? imports.replace(/^(# .*\n)/, `$1\n${GENERATED}\n`) : imports
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

/** sage-100 -> Sage 100 */
function titleOf(name: string): string {
  const words = name.split('-').join(' ')
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}
