import { Controller, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { Input, Operation } from '../api/http/decorators.ts'
import type { Input as InputOf } from '../api/http/input.ts'
import {
  getDecisionOperation,
  replayDecisionOperation,
  searchRuleDecisionsOperation,
} from '../api/operations/admin-rules.ts'
import { sendJson } from '../api/rest/answer.ts'
import { decodeCursor, encodeCursor, pageOf, UUID_PLACE } from '../api/rest/cursor.ts'
import { HubError } from '../contracts/hub-error.ts'
import { familyOf } from '../store/customer-queries.ts'
import { type DecisionLogRow, leastId, searchDecisionLog } from '../store/decision-log-queries.ts'
import { RULES_PORT, type RulesPort } from './rules-port.ts'

/** What was decided: searched, read, and decided again. */
@Controller()
export class RuleDecisionsController {
  readonly #port: RulesPort

  constructor(@Inject(RULES_PORT) port: RulesPort) {
    this.#port = port
  }

  @Operation(searchRuleDecisionsOperation)
  async search(
    @Input() { query }: InputOf<typeof searchRuleDecisionsOperation>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { db } = this.#port
    const { limit, cursor, rule, customer, from, to, result, failed } = query
    const list = `decisions ${JSON.stringify({ rule, customer, from, to, result, failed })}`.slice(0, 400)
    const place = decodeCursor(list, cursor, UUID_PLACE)
    const until = to === undefined ? null : leastId(Date.parse(to))
    const filter = {
      rule: rule ?? null,
      customers: customer === undefined ? null : await familyOf(db, customer),
      after: from === undefined ? null : leastId(Date.parse(from)),
      before: place ?? until,
      result: result === undefined ? null : resultText(result),
      failed: failed ?? null,
    }
    const { rows, end } = await searchDecisionLog(db, filter, limit)
    const items = rows.map((row) => entryText(row, false))
    sendJson(reply, pageOf(items, end === null ? null : encodeCursor(list, end)))
  }

  @Operation(getDecisionOperation)
  async read(@Input() { params }: InputOf<typeof getDecisionOperation>, @Res() reply: FastifyReply): Promise<void> {
    sendJson(reply, entryText(await this.#port.decision(params.id), true))
  }

  @Operation(replayDecisionOperation)
  async replay(
    @Input() { params }: InputOf<typeof replayDecisionOperation>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const row = await this.#port.decision(params.id)
    const again = JSON.stringify(await this.#port.replay(row))
    sendJson(reply, `{"decision":${entryText(row, true)},${again.slice(1)}`)
  }
}

function resultText(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !text.includes('\\u0000')) return JSON.stringify(value)
  } catch {
    // Told below.
  }
  throw new HubError({
    code: 'request.query.invalid',
    family: 'reject',
    status: 400,
    message: 'The parameter `result` must be JSON, an object that the result contains.',
    where: '?result',
    fix: 'Write for instance {"stage":"reminder"}, percent-encoded.',
  })
}

function entryText(row: DecisionLogRow, whole: boolean): string {
  const { id, rule, revision, moment, decidedAt, actor, customerId, given, filled, result, code, trace } = row
  const head = JSON.stringify({ id, rule, revision, at: moment, decidedAt, actor, customer: customerId })
  const read = whole ? `,"filled":${filled ?? 'null'}` : ''
  const reasons = JSON.stringify({ code, trace: trace === '' ? [] : trace.split('\n') })
  return `${head.slice(0, -1)},"input":${given ?? 'null'}${read},"result":${result ?? 'null'},${reasons.slice(1)}`
}
