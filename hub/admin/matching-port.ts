import type { ModelHead, ModelRow, SnapshotHead } from '../store/match-model-queries.ts'

/** What /admin/v1/matching asks of the room that keeps what matching rests on: see MatchingDesk. */
export interface MatchingPort {
  status(): Promise<object>
  models(): Promise<ModelHead[]>
  model(version?: number): Promise<ModelRow>
  publishModel(document: unknown, author: string, note: string | null): Promise<{ version: number }>
  rollBackModel(author: string): Promise<{ version: number }>
  train(
    request: { kind: 'person' | 'organization'; name: string; seed?: number },
    author: string,
  ): Promise<{ document: object; report: object }>
  snapshots(): Promise<SnapshotHead[]>
  takeSnapshot(author: string, note: string | null): Promise<{ version: number }>
  activateSnapshot(version: number, author: string): Promise<{ version: number }>
  withdrawSnapshot(author: string): Promise<{ version: number }>
}

export const MATCHING_PORT = Symbol('matching port')
