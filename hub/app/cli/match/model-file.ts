import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isNode, LineCounter, parseDocument, type Document } from 'yaml'
import { HubError } from '../../../contracts/hub-error.ts'
import { compileModel, type MatchingDocument, type MatchModel } from '../../../identity/model.ts'
import { packageFolder } from '../../package-folder.ts'
import { pathOf, readTextFile } from '../shared/files.ts'
import type { Io } from '../shared/io.ts'

export interface ModelFile {
  name: string
  text: string
  /** The text parsed, with the place of each value. */
  tree: Document
  document: MatchingDocument
  model: MatchModel
}

/** The model that a path names; without one that of the workspace, else the shipped one. */
export async function readModel(io: Io, path: string | undefined): Promise<ModelFile> {
  const name = path ?? defaultModel(io)
  const lines = new LineCounter()
  const text = await readTextFile(io, name)
  const tree = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const [fault] = tree.errors
  if (fault !== undefined) {
    const { line, col } = lines.linePos(fault.pos[0])
    throw new HubError({
      code: 'cli.yaml.invalid',
      family: 'config',
      message: `${name}:${line}:${col}: This is no valid YAML: ${fault.message.split('\n')[0]?.replace(/ at line .*$/, '') ?? ''}.`,
      where: `${name}:${line}:${col}`,
      fix: 'Mend the document at this place.',
    })
  }
  const document = tree.toJS({ maxAliasCount: 100 }) as MatchingDocument
  return { name, text, tree, document, model: compiled(document, tree, lines, name) }
}

function defaultModel(io: Io): string {
  const own = join(io.env['OMNIHUB_WORKSPACE'] || '.', 'config', 'matching.yaml')
  return existsSync(pathOf(io, own)) ? own : join(packageFolder(), 'config', 'matching.yaml')
}

/** The engine knows its document as config/matching.yaml: here the file that was named is meant, and its line. */
function compiled(document: MatchingDocument, tree: Document, lines: LineCounter, name: string): MatchModel {
  try {
    return compileModel(document)
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    const pointer = error.where?.split('#')[1] ?? ''
    const line = lineOf(tree, lines, pointer)
    throw new HubError({
      code: error.code,
      family: error.family,
      message: error.message,
      where: line === undefined ? name : `${name}:${line}`,
      ...(error.fix === undefined ? {} : { fix: error.fix }),
      cause: error,
    })
  }
}

/** Of the deepest part of the pointer that the document has. */
function lineOf(tree: Document, lines: LineCounter, pointer: string): number | undefined {
  for (let path = pointer.split('/').slice(1); path.length > 0; path = path.slice(0, -1)) {
    const node: unknown = tree.getIn(path, true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return undefined
}
