import { answerInfo } from './answer-info.ts'
import { OmnihubError } from './error.ts'

/** Only a type has it: it tells an answer of 202 from one that has all. */
declare const LATER: unique symbol

/** What the hub has taken and carries to a system of record, which has not answered yet (202). */
export interface OnItsWay {
  readonly [LATER]: true
}

/** Whether a write is still on its way; `getWrite` tells later how it ended. */
export function isOnItsWay<Answer extends object>(answer: Answer): answer is Extract<Answer, OnItsWay> {
  return answerInfo(answer)?.status === 202
}

/**
 * The answer of a write that the system of record has taken. Throws `client.on-its-way` where it is still on its way: it will be
 * carried there whatever happens, so that it must not be ordered again; its `writes` are in the error's `facts`.
 */
export function taken<Answer extends object>(answer: Answer): Exclude<Answer, OnItsWay> {
  if (!isOnItsWay(answer)) return answer as Exclude<Answer, OnItsWay>
  const info = answerInfo(answer)
  throw new OmnihubError({
    code: 'client.on-its-way',
    message: `${info?.operation ?? 'The write'} is kept and on its way to the system of record, which has not answered yet.`,
    status: 202,
    operation: info?.operation,
    requestId: info?.requestId,
    fix: 'Ask `getWrite` for the ids in `facts.writes`, or wait longer with `waitSeconds`.',
    facts: { ...(answer as object) },
  })
}
