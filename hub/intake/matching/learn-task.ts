import type { ErrorFamily } from '../../contracts/hub-error.ts'
import type { Decision } from '../../identity/cluster.ts'
import type { Kind } from '../../identity/fields.ts'
import type { MatchingDocument } from '../../identity/model.ts'
import type { MatchSnapshot } from '../../identity/snapshot.ts'
import type { TrainReport } from '../../identity/train.ts'
import type { SampleRecord } from './read-sample.ts'

/** What the learning thread is asked to do; it gets this when it starts. */
export type LearnTask =
  | { what: 'snapshot'; document: MatchingDocument }
  | {
      what: 'train'
      document: MatchingDocument
      kind: Kind
      name: string
      seed: number
      snapshot: MatchSnapshot | null
    }

/** What it is sent then: records of which the values are counted, records that are resolved, and the end. */
export type LearnMessage =
  | { records: readonly { record: SampleRecord; resolve: boolean }[] }
  | { more: readonly SampleRecord[] }
  | { decisions: readonly Decision[] }

export interface SnapshotResult {
  /** Its version is given when it is stored. */
  snapshot: MatchSnapshot
}

export interface TrainResult {
  document: MatchingDocument
  report: TrainReport
}

/** What it answers, once. */
export type LearnAnswer =
  | { result: SnapshotResult | TrainResult }
  | { error: { code: string; family: ErrorFamily; message: string; fix?: string; internal?: string } }
