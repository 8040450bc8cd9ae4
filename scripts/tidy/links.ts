/** Links in the documentation that lead to no file or no heading. Addresses on the web are not tried. */
import { posix } from 'node:path'
import type { Finding, SourceFile } from './files.ts'

const LINK = /\[[^\]]*\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g

export function deadLinks(files: readonly SourceFile[], exists: (path: string) => boolean): Finding[] {
  const pages = new Map(files.filter(({ path }) => path.endsWith('.md')).map((file) => [file.path, file.text]))
  return [...pages].flatMap(([path, text]) =>
    withoutCode(text)
      .split('\n')
      .flatMap((line, index) => [...line.matchAll(LINK)].map((match) => ({ target: match[1] ?? '', line: index + 1 })))
      .flatMap(({ target, line }) => {
        const problem = problemOf(exists, pages, path, target)
        return problem === undefined ? [] : [{ path, line, problem }]
      }),
  )
}

function problemOf(
  exists: (path: string) => boolean,
  pages: Map<string, string>,
  from: string,
  target: string,
): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target) || target.startsWith('//')) return undefined
  const [file = '', anchor] = decodeURI(target).split('#')
  const path = file === '' ? from : file.startsWith('/') ? file.slice(1) : posix.join(posix.dirname(from), file)
  if (path.startsWith('..') || !exists(path)) return `the link ${target} leads to no file`
  const page = pages.get(path)
  if (anchor === undefined || page === undefined || headings(page).has(anchor)) return undefined
  return `the link ${target} leads to no heading of ${path}`
}

/** Fenced code keeps its lines (so that line numbers hold) but loses its text. */
function withoutCode(text: string): string {
  return text
    .replace(/^(```|~~~)[^\n]*\n[\s\S]*?^\1/gm, (block) => block.replace(/[^\n]/g, ''))
    .replace(/`[^`\n]*`/g, '')
}

/** The anchors that a page's headings get when it is shown: small letters, spaces as hyphens, other signs dropped. */
function headings(text: string): Set<string> {
  const anchors = new Set<string>()
  const titles = text.replace(/^(```|~~~)[^\n]*\n[\s\S]*?^\1/gm, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)
  for (const match of titles) {
    const plain = (match[1] ?? '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    const anchor = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-')
    let unique = anchor
    for (let copy = 1; anchors.has(unique); copy += 1) unique = `${anchor}-${copy}`
    anchors.add(unique)
  }
  return anchors
}
