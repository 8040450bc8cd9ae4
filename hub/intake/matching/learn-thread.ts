/**
 * A thread of its own: resolving some hundred thousand records takes minutes of computing, during which the hub must go
 * on answering. Started by learn.ts; it ends after its one answer.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { asHubError } from '../../contracts/hub-error.ts'
import type { Decision } from '../../identity/cluster.ts'
import type { IdentityFeatures } from '../../identity/features.ts'
import { compileModel } from '../../identity/model.ts'
import type { IdentityRecord } from '../../identity/resolve.ts'
import { frequencySnapshot, measureAlone, snapshotContext } from '../../identity/snapshot.ts'
import { trainModel } from '../../identity/train.ts'
import type { LearnAnswer, LearnMessage, LearnTask, SnapshotResult, TrainResult } from './learn-task.ts'
import type { SampleRecord } from './read-sample.ts'
import { ValueCounter } from './value-counter.ts'

const task = workerData as LearnTask
const counter = new ValueCounter()
const resolved: IdentityRecord[] = []

function recordOf([id, text]: SampleRecord): IdentityRecord {
  return { id, features: JSON.parse(text) as IdentityFeatures }
}

function take(message: LearnMessage): void {
  if ('decisions' in message) {
    answer(message.decisions)
  } else if ('more' in message) {
    resolved.push(...message.more.map(recordOf))
  } else {
    const records = message.records.map(({ record }) => recordOf(record))
    counter.add(records.map(({ features }) => features))
    resolved.push(...records.filter((_, at) => message.records[at]?.resolve === true))
  }
}

function answer(decisions: readonly Decision[]): void {
  let reply: LearnAnswer
  try {
    reply = { result: task.what === 'snapshot' ? takeSnapshot(decisions) : train(task) }
  } catch (error) {
    const { code, family, message, fix, internal } = asHubError(error)
    const more = { ...(fix === undefined ? {} : { fix }), ...(internal === undefined ? {} : { internal }) }
    reply = { error: { code, family, message, ...more } }
  }
  parentPort?.postMessage(reply)
  parentPort?.close()
}

/** Overlap is measured with the frequencies just counted, as matching will use both. */
function takeSnapshot(decisions: readonly Decision[]): SnapshotResult {
  const counted = frequencySnapshot('new', counter.counted)
  const { frequencyOf } = snapshotContext(counted)
  const alone = measureAlone(resolved, compileModel(task.document), { decisions, frequencyOf })
  return { snapshot: { ...counted, alone } }
}

function train({ document, kind, name, seed, snapshot }: LearnTask & { what: 'train' }): TrainResult {
  const context = snapshot === null ? {} : snapshotContext(snapshot)
  const trained = trainModel(resolved, document, { kind, version: name, random: seededRandom(seed), context })
  return { document: trained.document, report: trained.report }
}

/** Numbers in [0, 1), the same for the same seed: mulberry32 by Tommy Ettinger, public domain. */
function seededRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

parentPort?.on('message', take)
