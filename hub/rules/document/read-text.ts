/** Texts of documents to JSON, bounded before they are parsed. */
import { LineCounter, isAlias, isNode, parseDocument, visit } from 'yaml'
import type { Document } from 'yaml'
import type { Json } from '../../contracts/json.ts'
import { FORBIDDEN_NAMES } from '../../contracts/expression/names.ts'
import { LIMITS } from '../limits.ts'
import type { Report } from './problems.ts'
import { quoted, step } from './problems.ts'

/** Reads JSON; undefined: something was reported. */
export function readJsonText(text: string, report: Report): Json | undefined {
  if (!isBounded(text, report)) return undefined
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message.replace(/, ".*$/s, '') : ''
    return report('', { code: 'rule.json.invalid', message: `The document is not valid JSON: ${message}.` })
  }
  return hasSafeNames(value, '', report) ? value : undefined
}

/** Reads YAML without anchors, aliases and tags; undefined: something was reported. */
export function readYamlText(text: string, report: Report): Json | undefined {
  if (!isBounded(text, report)) return undefined
  const lines = new LineCounter()
  let document: Document
  try {
    document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true, prettyErrors: false })
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    return report('', tooDeep())
  }
  const problem = document.errors[0] ?? document.warnings[0]
  if (problem !== undefined) {
    const message = `Line ${lines.linePos(problem.pos[0]).line} is not valid YAML: ${problem.message}.`
    return report('', { code: 'rule.yaml.invalid', message })
  }
  if (hasReferences(document)) {
    const fix = 'Write the value out where it is needed.'
    return report('', { code: 'rule.yaml.invalid', message: 'Anchors, aliases and tags are not allowed.', fix })
  }
  const value = document.toJS({ maxAliasCount: 0 }) as Json
  return hasSafeNames(value, '', report) ? value : undefined
}

function hasReferences(document: Document): boolean {
  let found = false
  visit(document, (_, node) => {
    const { anchor, tag } = (node ?? {}) as { anchor?: string; tag?: string }
    found ||= isAlias(node) || (isNode(node) && (anchor !== undefined || (tag ?? '').startsWith('!')))
    return found ? visit.BREAK : undefined
  })
  return found
}

const tooDeep = (): { code: string; message: string } => ({
  code: 'rule.document.too-deep',
  message: `The document is nested deeper than ${LIMITS.depthMax} levels.`,
})

/**
 * Size, and depth by brackets outside of texts, before a parser sees it. (Block YAML has depth without brackets: its
 * parser throws a RangeError on what is far too deep, and the limit is looked at again afterwards.)
 */
function isBounded(text: string, report: Report): boolean {
  if (Buffer.byteLength(text) > LIMITS.textBytesMax) {
    const message = `The document is larger than ${LIMITS.textBytesMax} bytes.`
    report('', { code: 'rule.document.too-large', message })
    return false
  }
  let depth = 0
  let inText = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (inText) {
      if (character === '\\') at++
      else if (character === '"') inText = false
    } else if (character === '"') inText = true
    else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
    // In YAML quotes and brackets may stand in plain text, so this only stops what no honest document has.
    if (depth > 10 * LIMITS.depthMax) {
      report('', tooDeep())
      return false
    }
  }
  return true
}

function hasSafeNames(value: Json, pointer: string, report: Report, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth >= LIMITS.depthMax) {
    report('', tooDeep())
    return false
  }
  if (Array.isArray(value)) return value.every((item, at) => hasSafeNames(item, pointer + step(at), report, depth + 1))
  return Object.keys(value).every((name) => {
    if (FORBIDDEN_NAMES.has(name)) {
      report(pointer, { code: 'rule.document.invalid', message: `The name ${quoted(name)} is not allowed.` })
      return false
    }
    return hasSafeNames(value[name] ?? null, pointer + step(name), report, depth + 1)
  })
}
