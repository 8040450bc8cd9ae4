/** Pages of which a part is made from the source, and the rest written by hand. */
const BEGIN = '<!-- generated: npm run docs -->'
const END = '<!-- /generated -->'

/**
 * Puts `part` between the marks of a page, in the place of what is there.
 * Throws where the marks are not there once each, in this order.
 */
export function withGeneratedPart(page: string, part: string): string {
  const [before, inner, ...others] = page.split(BEGIN)
  const [old, after, ...more] = inner?.split(END) ?? []
  if (before === undefined || old === undefined || after === undefined || others.length + more.length > 0) {
    throw new Error(`the page needs the line ${BEGIN} and below it ${END}, once each`)
  }
  return `${before}${BEGIN}\n\n${part.trim()}\n\n${END}${after}`
}

/** A Markdown table; cells may have any text. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cellText).join(' | ')} |`
  return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)]
}

function cellText(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '\\<').trim()
}
