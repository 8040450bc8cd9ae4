import type { Path, Segment } from '../../contracts/expression/names.ts'
import { FORBIDDEN_NAMES } from '../../contracts/expression/names.ts'

export { FORBIDDEN_NAMES }
export type { Path, Segment }

/**
 * Paths into nested JSON: `a.b[0].c`, with quotes around names that hold a dot, a bracket, a quote or a control
 * character: `"odd.name"[2]."say \"hi\""`. Quoted names take JSON's escapes. Other names may hold anything else,
 * spaces and slashes included.
 */

const SEGMENTS_MAX = 32
const CHARACTERS_MAX = 1_000
const INDEX_MAX = 9_999

export type PathResult = { ok: true; path: Path } | { ok: false; problem: string; at: number }

interface Cursor {
  text: string
  at: number
}

/** Reads a path; a problem names what is wrong and the character (from 0) where. */
export function parsePath(text: string): PathResult {
  if (text === '') return { ok: false, problem: 'the path is empty', at: 0 }
  if (text.length > CHARACTERS_MAX) {
    return { ok: false, problem: `the path is longer than ${CHARACTERS_MAX} characters`, at: CHARACTERS_MAX }
  }
  const cursor: Cursor = { text, at: 0 }
  const path: Segment[] = []
  while (cursor.at < text.length) {
    const problem = text[cursor.at] === '[' && path.length > 0 ? readIndex(cursor, path) : readName(cursor, path)
    if (problem !== null) return { ok: false, problem, at: cursor.at }
    if (path.length > SEGMENTS_MAX) {
      return { ok: false, problem: `the path has more than ${SEGMENTS_MAX} steps`, at: cursor.at }
    }
    if (text[cursor.at] === '.') {
      cursor.at++
      if (cursor.at === text.length) return { ok: false, problem: 'a name must follow the last dot', at: cursor.at }
      if (text[cursor.at] === '[')
        return { ok: false, problem: 'an index follows its name without a dot', at: cursor.at }
    } else if (cursor.at < text.length && text[cursor.at] !== '[') {
      return { ok: false, problem: 'a dot or an index must follow here', at: cursor.at }
    }
  }
  return { ok: true, path }
}

function readIndex(cursor: Cursor, path: Segment[]): string | null {
  const match = /^\[(\d{1,9})\]/.exec(cursor.text.slice(cursor.at, cursor.at + 12))
  if (match === null) return 'an index is a whole number in brackets, such as [0]'
  const index = Number(match[1])
  if (index > INDEX_MAX) return `an index is at most ${INDEX_MAX}`
  path.push(index)
  cursor.at += match[0].length
  return null
}

function readName(cursor: Cursor, path: Segment[]): string | null {
  const { text, at } = cursor
  let name: string
  if (text[at] === '"') {
    const quoted = /^"(?:[^"\\]|\\.)*"/.exec(text.slice(at))
    if (quoted === null) return 'the quote is not closed'
    try {
      name = JSON.parse(quoted[0]) as string
    } catch {
      return 'the quoted name is not a JSON string'
    }
    cursor.at = at + quoted[0].length
  } else {
    name = /^[^."[\]]*/.exec(text.slice(at))?.[0] ?? ''
    if (name === '') return 'a name must stand here; quote names with dots or brackets, such as "odd.name"'
    cursor.at = at + name.length
  }
  if (FORBIDDEN_NAMES.has(name)) return `the name ${name} is not allowed`
  path.push(name)
  return null
}

/** The path as one would write it; parsePath gives it back. */
export function formatPath(path: Path): string {
  return path
    .map((segment, index) => {
      if (typeof segment === 'number') return `[${segment}]`
      const plain = /^[^."[\]\p{Cc}]+$/u.test(segment)
      return (index === 0 ? '' : '.') + (plain ? segment : JSON.stringify(segment))
    })
    .join('')
}
