import type { Checkpoint, EntityConfig, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import type { HubError } from '../../hub/contracts/hub-error.ts'
import { isJsonObject, type JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import { ErrorReport } from './error-report.ts'
import { isMissingFile } from './errors.ts'
import { archivePath, findFiles, type FoundFile, markOf } from './file-list.ts'
import { type KnownFile, knowFile, type ReadingTools, readRecords, sequenceOf } from './file-reader.ts'
import type { FullIndex, FullIndexes } from './full-index.ts'
import { inPages } from './pager.ts'

export interface FolderReading extends ReadingTools {
  config: EntityConfig
  indexes: FullIndexes
  now(): number
}

/** The files that hold all there is now: the newest full one and the deltas after it; without a full one all deltas. */
export async function currentFiles({ place, options, now }: FolderReading): Promise<FoundFile[]> {
  const files = await findFiles(place, options, now())
  const full = files.findLastIndex(({ kind }) => kind === 'full')
  return full < 0 ? files : files.slice(full).filter(({ kind }, index) => index === 0 || kind === 'delta')
}

interface BackfillPlace extends JsonObject {
  /** The files of this snapshot, chosen when it began. */
  files: JsonObject[]
  at: number
  line: number
}

const FILES_IN_CHECKPOINT_MAX = 300

/** Every row of the current files, the oldest file first; a row is a place to go on from. */
export async function* backfillFolder(reading: FolderReading, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
  const { options } = reading
  const files = checkpoint === null ? await currentFiles(reading) : filesOf(checkpoint.files)
  if (files.length > FILES_IN_CHECKPOINT_MAX) throw tooManyFiles(reading)
  const start = (checkpoint ?? { at: 0, line: 0 }) as BackfillPlace
  const known: KnownFile[] = []
  for (const file of files) known.push(await knowFile(reading, file))
  const totalEstimate = known.reduce((sum, { lines }) => sum + lines, 0)
  for (const [at, file] of known.entries()) {
    if (at < start.at) continue
    const records = readRecords(reading, file, at === start.at ? start.line : 0)
    for await (const page of inPages(records, options.pageSize)) {
      const place = page.isLast ? { at: at + 1, line: 0 } : { at, line: page.line }
      yield {
        records: page.records,
        checkpoint: { files: files.map((each) => ({ ...each })), ...place },
        totalEstimate,
      }
    }
  }
  if (files.length === 0) yield { records: [], checkpoint: { files: [], at: 0, line: 0 }, totalEstimate: 0 }
}

interface PollPlace {
  /** Files that were read, or were there when reading began, by path; with their marks. */
  seen: Record<string, string>
  /** Read, and to be put away. */
  done: string[]
  /** The full file that the next one is compared with. */
  full: FoundFile | undefined
  /** In the middle of this file. */
  line: number
  path: string
}

const SEEN_TEXT_MAX = 56 * 1024

/** The files that came since, in their order: of a full one what differs from the one before, of a delta every row. */
export async function* pollFolder(reading: FolderReading, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
  const files = await findFiles(reading.place, reading.options, reading.now())
  if (checkpoint === null) {
    const seen = Object.fromEntries(files.map((file) => [file.path, markOf(file)]))
    const full = files.findLast(({ kind }) => kind === 'full')
    yield { records: [], checkpoint: toCheckpoint(reading, { seen, done: [], full, line: 0, path: '' }) }
    return
  }
  let place = parsePlace(checkpoint)
  await putAway(reading, place.done)
  const there = new Set(files.map(({ path }) => path))
  place.seen = Object.fromEntries(Object.entries(place.seen).filter(([path]) => there.has(path)))
  place.done = []
  for (const file of files) {
    if (place.seen[file.path] === markOf(file)) continue
    for await (const { page, next } of readFile(reading, file, place)) {
      yield page
      place = next
    }
  }
  // What the last page said is durable by now; a fresh look would do the same.
  await putAway(reading, place.done)
}

async function* readFile(
  reading: FolderReading,
  file: FoundFile,
  place: PollPlace,
): AsyncGenerator<{ page: Page; next: PollPlace }> {
  const after = place.path === file.path ? place.line : 0
  const before = file.kind === 'full' ? await earlier(reading, place.full) : undefined
  const index = file.kind === 'full' ? await reading.indexes.of(reading, file) : undefined
  const isRefused = index !== undefined && isCutShort(reading, index, before)
  const known = index?.known ?? (await knowFile(reading, file))
  if (isRefused) await refuse(reading, file)
  const records = isRefused ? noRecords() : newsOf(reading, known, { after, before, index })
  const gap =
    index !== undefined && !isRefused && before === undefined && place.full !== undefined
      ? 'The full file before this one is gone, so deletes can not be told from it.'
      : undefined
  for await (const { records: page, line, isLast } of inPages(records, reading.options.pageSize)) {
    const next = isLast ? finished(reading, place, file, isRefused) : { ...place, path: file.path, line }
    const checkpoint = toCheckpoint(reading, next)
    yield { page: { records: page, checkpoint, ...(gap === undefined || !isLast ? {} : { gap }) }, next }
  }
}

function finished({ options }: FolderReading, place: PollPlace, file: FoundFile, isRefused: boolean): PollPlace {
  const next: PollPlace = { ...place, seen: { ...place.seen, [file.path]: markOf(file) }, path: '', line: 0 }
  const goes = (path: string): boolean => options.afterwards !== 'keep' && !next.done.includes(path)
  if (file.kind === 'delta' || isRefused) {
    return goes(file.path) ? { ...next, done: [...next.done, file.path] } : next
  }
  // The full file stays, to compare the next one with; the one before it goes.
  const old = place.full?.path
  return {
    ...next,
    full: file,
    done: old !== undefined && old !== file.path && goes(old) ? [...next.done, old] : next.done,
  }
}

interface Comparison {
  after: number
  before: FullIndex | undefined
  index: FullIndex | undefined
}

async function* newsOf(reading: FolderReading, known: KnownFile, { after, before, index }: Comparison) {
  for await (const read of readRecords(reading, known, after)) {
    if (before === undefined || !before.isSame(read.record.key, read.record.data)) yield read
  }
  if (before === undefined || index === undefined) return
  let line = known.lines + 1
  for await (const { record } of readRecords({ ...reading, options: quiet(reading) }, before.known, 0)) {
    if (index.has(record.key)) continue
    line += 1
    yield { record: deletionOf(reading, known, record), line }
  }
}

/** The report of the earlier file was written when that one was read. */
function quiet({ options }: FolderReading): FolderReading['options'] {
  return { ...options, errorsFolder: undefined }
}

function deletionOf({ options }: FolderReading, { file, sha256 }: KnownFile, record: SourceRecord): SourceRecord {
  return {
    entity: record.entity,
    key: record.key,
    kind: 'delete',
    sequence: sequenceOf(file, 0, options),
    time: new Date(file.modified).toISOString(),
    version: `${sha256.slice(0, 22)}:gone`,
    data: null,
  }
}

function isCutShort({ options }: FolderReading, index: FullIndex, before: FullIndex | undefined): boolean {
  return before !== undefined && index.size < before.size * options.minShare
}

async function refuse({ place, options, log }: FolderReading, file: FoundFile): Promise<void> {
  log.warn({}, 'A full file has far fewer records than the one before and was not read; "minShare" decides on it')
  const report = new ErrorReport(place, options, file)
  const fault = 'The file has far fewer records than the one before, as if it were cut short. It was not read.'
  report.add({ line: 0, fault, raw: '' })
  await report.write()
}

async function earlier(reading: FolderReading, full: FoundFile | undefined): Promise<FullIndex | undefined> {
  if (full === undefined) return undefined
  try {
    return await reading.indexes.of(reading, full)
  } catch (error) {
    if (isMissingFile(error)) return undefined
    throw error
  }
}

async function* noRecords(): AsyncGenerator<never> {
  // A refused file has none.
}

async function putAway({ place, options }: FolderReading, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    try {
      if (options.afterwards === 'delete') await place.remove(path)
      else await place.move(path, archivePath({ path }, options))
      if (options.readyMarker !== undefined) await place.remove(path + options.readyMarker)
    } catch (error) {
      // Put away before, by a process that ended right after it.
      if (!isMissingFile(error)) throw error
    }
  }
}

function toCheckpoint(reading: FolderReading, { seen, done, full, line, path }: PollPlace): Checkpoint {
  const checkpoint: Checkpoint = { seen, done, full: full === undefined ? null : { ...full }, line, path }
  if (JSON.stringify(checkpoint).length > SEEN_TEXT_MAX) throw tooManyFiles(reading)
  return checkpoint
}

function parsePlace(checkpoint: Checkpoint): PollPlace {
  const { seen, done, full, line, path } = checkpoint
  return {
    seen: { ...(seen as Record<string, string>) },
    done: done as string[],
    full: isJsonObject(full) ? (full as unknown as FoundFile) : undefined,
    line: line as number,
    path: path as string,
  }
}

function filesOf(value: unknown): FoundFile[] {
  return value as FoundFile[]
}

function tooManyFiles({ config }: FolderReading): HubError {
  return settingsError('There are too many files to remember which of them were read.', {
    where: `/entities/${config.entity}/options/afterwards`,
    fix: 'Let the hub put files away ("afterwards: archive"), or move old ones.',
  })
}
