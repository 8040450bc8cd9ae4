import type { FileOptions, FilePattern } from './options.ts'
import { type FileFacts, type FilePlace, joinPath, PART } from './place.ts'

export interface FoundFile extends FileFacts {
  kind: 'full' | 'delta'
}

const UNFINISHED = [PART, '.tmp', '.filepart', '.crdownload']

/** The files of an entity that are complete, the oldest first. Hidden ones and those still being written are none. */
export async function findFiles(place: FilePlace, options: FileOptions, now: number): Promise<FoundFile[]> {
  const found: FoundFile[] = []
  for (const kind of ['full', 'delta'] as const) {
    const pattern = options[kind]
    if (pattern === undefined) continue
    const files = (await place.list(pattern.folder)) ?? []
    found.push(...chosen(files, pattern, options, now).map((file) => ({ ...file, kind })))
  }
  const names = new Set<string>()
  // A file that both patterns fit is a full one: its rows count, and what it lacks does.
  const once = found.filter(({ path }) => !names.has(path) && names.add(path))
  return once.sort((a, b) => compareText(orderOf(a, options), orderOf(b, options)) || compareText(a.path, b.path))
}

function chosen(files: readonly FileFacts[], pattern: FilePattern, options: FileOptions, now: number): FileFacts[] {
  const fits = wildcard(pattern.name)
  const { settleSeconds, readyMarker } = options
  const names = new Set(files.map(({ name }) => name))
  return files.filter(({ name, modified }) => {
    if (!fits.test(name) || name.startsWith('.') || UNFINISHED.some((ending) => name.endsWith(ending))) return false
    if (readyMarker !== undefined) return !name.endsWith(readyMarker) && names.has(name + readyMarker)
    // A clock that is ahead of ours must not hide a file for ever, only until ours has caught up.
    return settleSeconds === 0 || now - modified >= settleSeconds * 1_000
  })
}

export function wildcard(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's')
}

/** The place of a file among others, comparable as text. */
export function orderOf({ modified, name }: Pick<FileFacts, 'modified' | 'name'>, { order }: FileOptions): string {
  return order === 'name' ? name : `${String(modified).padStart(15, '0')} ${name}`
}

/** Tells a file apart from another of the same name. */
export function markOf({ size, modified }: FileFacts): string {
  return `${size.toString(36)}.${modified.toString(36)}`
}

/** Where a file goes once it was read. */
export function archivePath(file: Pick<FileFacts, 'path'>, options: FileOptions): string {
  return joinPath(options.archiveFolder, file.path)
}

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)
