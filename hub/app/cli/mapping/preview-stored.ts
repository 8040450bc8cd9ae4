import { HubError } from '../../../contracts/hub-error.ts'
import { isJsonObject } from '../../../contracts/json.ts'
import type { MappingPreview } from '../../../mapping/index.ts'
import { type HubClient, segment } from '../remote/hub-client.ts'
import { EXIT } from '../shared/exit-codes.ts'
import type { Io } from '../shared/io.ts'
import { json } from '../shared/text.ts'
import { MappingChecker, readMapping } from './mapping-files.ts'
import { compiledMapping, noRecords } from './preview.ts'
import { isShown, type PreviewReport, type Shown } from './preview-tally.ts'
import { reportText } from './preview-text.ts'

export interface StoredPreviewRequest {
  file: string
  system: string
  /** Without it: the source entity of the mapping. */
  entity: string | undefined
  /** How many of the newest stored records. */
  newest: number
  shown: Shown
  samplesMax: number
  asJson: boolean
}

/** `omnihub mapping preview --system`: the records that a running hub has, beside what its mapping in force makes of them. */
export async function previewStored(hub: HubClient, request: StoredPreviewRequest, io: Io): Promise<number> {
  const { file, system, newest, shown, samplesMax, asJson } = request
  const { document } = await compiledMapping(new MappingChecker(io), file, io)
  const path = `/admin/v1/mappings/${segment(system)}/${segment(request.entity ?? document.source)}/preview`
  const body = { document: (await readMapping(io, file)).text, records: newest }
  const preview = asPreview(await hub.post(path, { body }))
  if (preview.records.length === 0) throw noRecords()
  const { records, ...counts } = preview
  const samples = records.filter((record) => isShown(record, shown)).slice(0, samplesMax)
  const report: PreviewReport = { ...counts, records: records.length, samples }
  const isCompared = records.some(({ before }) => before !== undefined)
  io.out(asJson ? json({ mapping: file, ...report }) : reportText(report, isCompared))
  return report.failed === 0 ? EXIT.done : EXIT.failed
}

/** The answer is that of this same engine in the hub; a hub of another version might answer otherwise. */
function asPreview(answer: unknown): MappingPreview {
  const isPreview = isJsonObject(answer) && Array.isArray(answer['records']) && Array.isArray(answer['errors'])
  if (isPreview && isJsonObject(answer['filled'])) return answer as unknown as MappingPreview
  throw new HubError({
    code: 'cli.hub.answer',
    family: 'reject',
    message: 'The hub answered with something that this version of the program does not understand.',
    fix: 'Use the program that came with the hub.',
  })
}
