import { Controller, Inject } from '@nestjs/common'
import { Input, Operation } from '../api/http/decorators.ts'
import type { Input as InputOf } from '../api/http/input.ts'
import {
  activateMatchingSnapshotOperation,
  getMatchingModelOperation,
  getMatchingOperation,
  listMatchingModelsOperation,
  listMatchingSnapshotsOperation,
  publishMatchingModelOperation,
  rollBackMatchingModelOperation,
  takeMatchingSnapshotOperation,
  trainMatchingModelOperation,
  withdrawMatchingSnapshotOperation,
} from '../api/operations/matching.ts'
import { authorOf, noteOf } from '../api/rest/author.ts'
import type { JsonObject } from '../contracts/json.ts'
import { MATCHING_PORT, type MatchingPort } from './matching-port.ts'

/** What matching rests on: its model and its snapshot, read, learnt, put in force and taken back. */
@Controller()
export class MatchingController {
  readonly #matching: MatchingPort

  constructor(@Inject(MATCHING_PORT) matching: MatchingPort) {
    this.#matching = matching
  }

  @Operation(getMatchingOperation)
  status(): Promise<object> {
    return this.#matching.status()
  }

  @Operation(listMatchingModelsOperation)
  async models(): Promise<object> {
    return { items: await this.#matching.models() }
  }

  @Operation(getMatchingModelOperation)
  async model(@Input() { query }: InputOf<typeof getMatchingModelOperation>): Promise<object> {
    const { document, ...head } = await this.#matching.model(query.version)
    return { ...head, document: JSON.parse(document) as JsonObject }
  }

  @Operation(publishMatchingModelOperation)
  publish(@Input() input: InputOf<typeof publishMatchingModelOperation>): Promise<object> {
    const body = input.body as JsonObject
    return this.#matching.publishModel(body.document, authorOf(input), noteOf(body))
  }

  @Operation(rollBackMatchingModelOperation)
  rollBack(@Input() input: InputOf<typeof rollBackMatchingModelOperation>): Promise<object> {
    return this.#matching.rollBackModel(authorOf(input))
  }

  @Operation(trainMatchingModelOperation)
  train(@Input() input: InputOf<typeof trainMatchingModelOperation>): Promise<object> {
    const request = input.body as { kind: 'person' | 'organization'; name: string; seed?: number }
    return this.#matching.train(request, authorOf(input))
  }

  @Operation(listMatchingSnapshotsOperation)
  async snapshots(): Promise<object> {
    const items = await this.#matching.snapshots()
    return { items: items.map((item) => ({ ...item, alone: JSON.parse(item.alone) as JsonObject })) }
  }

  @Operation(takeMatchingSnapshotOperation)
  take(@Input() input: InputOf<typeof takeMatchingSnapshotOperation>): Promise<object> {
    return this.#matching.takeSnapshot(authorOf(input), noteOf((input.body ?? {}) as JsonObject))
  }

  @Operation(activateMatchingSnapshotOperation)
  activate(@Input() input: InputOf<typeof activateMatchingSnapshotOperation>): Promise<object> {
    return this.#matching.activateSnapshot(input.params.version, authorOf(input))
  }

  @Operation(withdrawMatchingSnapshotOperation)
  withdraw(@Input() input: InputOf<typeof withdrawMatchingSnapshotOperation>): Promise<object> {
    return this.#matching.withdrawSnapshot(authorOf(input))
  }
}
