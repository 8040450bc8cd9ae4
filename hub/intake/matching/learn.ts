import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { HubError } from '../../contracts/hub-error.ts'
import type { Queryable } from '../../store/queryable.ts'
import type { LearnAnswer, LearnMessage, LearnTask, SnapshotResult, TrainResult } from './learn-task.ts'
import { readSample, SAMPLE_LIMITS, type SampleLimits } from './read-sample.ts'

/** Runs a function once in a read-only transaction that sees one moment of the database throughout. */
export type InSnapshot = <Result>(run: (db: Queryable) => Promise<Result>) => Promise<Result>

export interface Learned<Result> {
  /** Records whose values were counted, and records that were resolved: fewer where there are very many. */
  records: number
  measured: number
  result: Result
}

/** Compiled or not, the thread lies beside this file. */
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './learn-thread.ts' : './learn-thread.js', import.meta.url)

/** Twice what SAMPLE_LIMITS take; beyond, the thread ends and the hub goes on. */
const MEMORY_MAX_MB = 2_560

/** Reads the stored records and has a thread learn from them; rejects with its HubError, or when the signal aborts. */
export async function learn<Task extends LearnTask>(
  inSnapshot: InSnapshot,
  task: Task,
  signal: AbortSignal,
  limits: SampleLimits = SAMPLE_LIMITS,
): Promise<Learned<Task extends { what: 'train' } ? TrainResult : SnapshotResult>> {
  if (signal.aborted) throw ended(signal.reason)
  const thread = new Worker(THREAD, {
    workerData: task,
    name: `matching ${task.what}`,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MAX_MB },
  })
  try {
    const answered = answerOf(thread, signal)
    // Its failure is told by whichever of the two comes first; the other must not be a rejection that nobody sees.
    answered.catch(() => undefined)
    const send = (message: LearnMessage): Promise<void> => {
      thread.postMessage(message)
      return signal.aborted ? Promise.reject(ended(signal.reason)) : Promise.resolve()
    }
    const sample = await Promise.race([
      inSnapshot((db) =>
        readSample(db, { page: (records) => send({ records }), more: (more) => send({ more }) }, limits),
      ),
      answered.then(() => Promise.reject(ended())),
    ])
    await send({ decisions: sample.decisions })
    const answer = await answered
    if ('error' in answer) throw new HubError(answer.error)
    const result = answer.result as Task extends { what: 'train' } ? TrainResult : SnapshotResult
    return { records: sample.records, measured: sample.resolved, result }
  } finally {
    await thread.terminate()
  }
}

async function answerOf(thread: Worker, signal: AbortSignal): Promise<LearnAnswer> {
  const over = new AbortController()
  const either = { signal: AbortSignal.any([signal, over.signal]) }
  try {
    // `once` rejects with what an `error` event brings: the thread ran out of memory, or could not start.
    const [answer] = (await Promise.race([
      once(thread, 'message', either),
      once(thread, 'exit', either).then(() => Promise.reject(ended())),
    ])) as [LearnAnswer]
    return answer
  } catch (error) {
    throw error instanceof HubError ? error : ended(error)
  } finally {
    over.abort()
  }
}

function ended(cause?: unknown): HubError {
  return new HubError({
    code: 'matching.learning-ended',
    family: 'retry',
    message: 'Learning from the stored records ended before it had a result.',
    fix: 'Try again; if it happens again, the log says why, and the process may need more memory.',
    ...(cause instanceof Error ? { internal: cause.stack ?? cause.message } : {}),
    cause,
  })
}
