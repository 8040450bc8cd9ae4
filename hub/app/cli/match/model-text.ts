import { type Document, isScalar } from 'yaml'
import type { MatchingDocument } from '../../../identity/model.ts'

const DIGITS = 6

/**
 * The text of a matching document with new figures in the places of the old ones: comments, order and layout stay.
 * `tree` is the text parsed; both documents have the same fields and levels.
 */
export function withFigures(text: string, tree: Document, before: MatchingDocument, after: MatchingDocument): string {
  const edits: { start: number; end: number; value: string }[] = []
  const set = (path: string[], value: string): void => {
    const node: unknown = tree.getIn(path, true)
    if (!isScalar(node) || !node.range) throw new Error(`the document has no value at ${path.join('.')}`)
    edits.push({ start: node.range[0], end: node.range[1], value })
  }
  set(['version'], JSON.stringify(after.version))
  for (const kind of ['person', 'organization'] as const) {
    if (after[kind] === before[kind]) continue
    for (const [who, share] of Object.entries(after[kind].alone)) set([kind, 'alone', who], figure(share))
    for (const [field, levels] of Object.entries(after[kind].fields)) {
      for (const [level, odds] of Object.entries(levels)) {
        for (const [who, odd] of Object.entries(odds)) set([kind, 'fields', field, level, who], figure(odd))
      }
    }
  }
  let made = text
  for (const { start, end, value } of edits.sort((a, b) => b.start - a.start)) {
    made = made.slice(0, start) + value + made.slice(end)
  }
  return made
}

function figure(value: number): string {
  return String(Number(value.toPrecision(DIGITS)))
}
