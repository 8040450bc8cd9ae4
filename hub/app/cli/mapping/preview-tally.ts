import type { JsonObject } from '../../../contracts/json.ts'
import type { SchemaValidator } from '../../../contracts/schema-validator.ts'
import {
  type CompiledMapping,
  type MappingPreview,
  type PreviewedRecord,
  previewMapping,
} from '../../../mapping/index.ts'

export type Shown = 'all' | 'failed' | 'changed'

export interface PreviewReport {
  records: number
  mapped: number
  failed: number
  deleted: number
  changed: number
  errors: MappingPreview['errors']
  filled: Record<string, number>
  samples: PreviewedRecord[]
}

export interface TallyOptions {
  compiled: CompiledMapping
  /** The mapping that the new one is held against. */
  before: CompiledMapping | undefined
  validator: SchemaValidator
  samplesMax: number
  shown: Shown
}

/** Previews any number of records in constant memory: counts over all of them, the first few kept to be shown. */
export class PreviewTally {
  readonly report: PreviewReport = {
    records: 0,
    mapped: 0,
    failed: 0,
    deleted: 0,
    changed: 0,
    errors: [],
    filled: {},
    samples: [],
  }
  readonly #options: TallyOptions
  readonly #errors = new Map<string, MappingPreview['errors'][number]>()

  constructor(options: TallyOptions) {
    this.#options = options
  }

  add(records: readonly JsonObject[]): void {
    const { compiled, before } = this.#options
    const preview = previewMapping(compiled, records, before)
    const { report } = this
    report.records += records.length
    report.changed += preview.changed
    for (const error of preview.errors) this.#count(error)
    for (const [path, count] of Object.entries(preview.filled)) report.filled[path] = (report.filled[path] ?? 0) + count
    for (const record of preview.records) this.#take(this.#checked(record))
    report.errors = [...this.#errors.values()].sort((a, b) => b.records - a.records)
  }

  /** The hub would park a document that breaks its schema, so it has failed here too. */
  #checked(record: PreviewedRecord): PreviewedRecord {
    const { compiled, validator } = this.#options
    if (record.outcome.kind !== 'mapped') return record
    const { target } = compiled.document
    if (validator.validate(target, record.outcome.document).length === 0) return record
    const broken = validator.validate(target, record.outcome.document, { all: true })
    const errors = broken.map(({ pointer, message }) => ({
      code: 'schema.violated',
      target: pointer,
      message: `${pointer} ${message}`,
    }))
    const kinds = new Map(
      errors.map((error) => {
        const message = error.message.replaceAll(/\/\d+(?=[/ ])/g, '/*')
        return [message, { ...error, target: error.target.replaceAll(/\/\d+(?=\/|$)/g, '/*'), message }]
      }),
    )
    for (const error of kinds.values()) this.#count({ ...error, conversion: null, records: 1 })
    return { ...record, outcome: { kind: 'failed', errors } }
  }

  #count(error: MappingPreview['errors'][number]): void {
    const name = `${error.code} ${error.target} ${error.conversion ?? ''} ${error.message}`
    const known = this.#errors.get(name)
    if (known === undefined) this.#errors.set(name, { ...error })
    else known.records += error.records
  }

  #take(record: PreviewedRecord): void {
    const { samplesMax, shown } = this.#options
    this.report[record.outcome.kind]++
    if (this.report.samples.length >= samplesMax) return
    if (isShown(record, shown)) this.report.samples.push(record)
  }
}

export function isShown(record: PreviewedRecord, shown: Shown): boolean {
  if (shown === 'all') return true
  return shown === 'failed' ? record.outcome.kind === 'failed' : (record.changes?.length ?? 0) > 0
}
