import { Controller, Inject } from '@nestjs/common'
import { Input, Operation } from '../api/http/decorators.ts'
import type { Input as InputOf } from '../api/http/input.ts'
import {
  checkRuleOperation,
  draftRuleOperation,
  getRuleRevisionOperation,
  getRuleStateOperation,
  listRuleRevisionsOperation,
  publishRuleOperation,
  rollBackRuleOperation,
  ruleHistoryOperation,
  shadowRuleOperation,
} from '../api/operations/admin-rules.ts'
import { authorOf, noteOf } from '../api/rest/author.ts'
import { HubError } from '../contracts/hub-error.ts'
import type { Json, JsonObject } from '../contracts/json.ts'
import {
  readRuleRevision,
  type RuleHead,
  ruleHistory,
  type RuleHistoryRow,
  type RuleRevisionRow,
} from '../store/rule-queries.ts'
import { inRequest } from './in-request.ts'
import { RULES_PORT, type RulesPort, type RuleTexts } from './rules-port.ts'

const SHADOW_DECISIONS = 200

/** Rules: read, drafted, checked, tried on real decisions, put in force and taken back. */
@Controller()
export class RulesController {
  readonly #port: RulesPort

  constructor(@Inject(RULES_PORT) port: RulesPort) {
    this.#port = port
  }

  @Operation(listRuleRevisionsOperation)
  async list(): Promise<object> {
    return { items: await this.#port.overview() }
  }

  @Operation(getRuleStateOperation)
  async read(@Input() { params }: InputOf<typeof getRuleStateOperation>): Promise<RuleRevisionRow> {
    const uppermost = this.#port.uppermost(params.rule)
    if (uppermost !== undefined) return uppermost
    const [newest] = await this.#history(params.rule)
    return this.#revision({ rule: params.rule, revision: newest?.revision ?? 0 })
  }

  @Operation(ruleHistoryOperation)
  async history(@Input() { params }: InputOf<typeof ruleHistoryOperation>): Promise<object> {
    return { items: await this.#history(params.rule) }
  }

  @Operation(getRuleRevisionOperation)
  revision(@Input() { params }: InputOf<typeof getRuleRevisionOperation>): Promise<RuleRevisionRow> {
    return this.#revision(params)
  }

  @Operation(draftRuleOperation)
  draft(@Input() input: InputOf<typeof draftRuleOperation>): Promise<RuleHead> {
    const body = input.body as JsonObject
    const texts = { ...textsOf(body), note: noteOf(body) }
    return this.#port.draft(input.params.rule, texts, authorOf(input)).catch(inRequest)
  }

  @Operation(checkRuleOperation)
  async check(@Input() { params, body }: InputOf<typeof checkRuleOperation>): Promise<object> {
    const texts = await this.#textsIn(params.rule, body as JsonObject)
    try {
      const { problems, passed, failing, undecidedRows, callers } = await this.#port.check(params.rule, texts)
      const ok = problems.length === 0 && failing.length === 0
      return { ok, problems: problems.map(problemFacts), passed, failing, undecidedRows, callers }
    } catch (error) {
      if (!(error instanceof HubError) || error.family !== 'config') throw error
      return { ok: false, problems: [problemFacts(error)], passed: 0, failing: [], undecidedRows: [], callers: [] }
    }
  }

  @Operation(shadowRuleOperation)
  async shadow(@Input() { params, body }: InputOf<typeof shadowRuleOperation>): Promise<object> {
    const { decisions = SHADOW_DECISIONS, ...rest } = body as JsonObject & { decisions?: number }
    const texts = await this.#textsIn(params.rule, rest)
    return this.#port.shadow(params.rule, texts, decisions).catch(inRequest)
  }

  @Operation(publishRuleOperation)
  publish(@Input() input: InputOf<typeof publishRuleOperation>): Promise<RuleHead> {
    return this.#port.publish(input.params, authorOf(input)).catch(inRequest)
  }

  @Operation(rollBackRuleOperation)
  rollBack(@Input() input: InputOf<typeof rollBackRuleOperation>): Promise<RuleHead> {
    return this.#port.rollBack(input.params.rule, authorOf(input)).catch(inRequest)
  }

  async #history(rule: string): Promise<RuleHistoryRow[]> {
    const rows = await ruleHistory(this.#port.db, rule)
    if (rows.length === 0) throw unknownRule()
    return rows
  }

  async #revision(head: RuleHead): Promise<RuleRevisionRow> {
    const row = await readRuleRevision(this.#port.db, head)
    if (row === undefined) throw unknownRule()
    return row
  }

  async #textsIn(rule: string, body: JsonObject): Promise<RuleTexts> {
    return typeof body['revision'] === 'number' ? this.#revision({ rule, revision: body['revision'] }) : textsOf(body)
  }
}

function textsOf({ envelope, graph, cases }: JsonObject): RuleTexts {
  return { envelope: String(envelope), graph: textOf(graph), cases: typeof cases === 'string' ? cases : null }
}

/** A graph sent as a document is kept as a text that a person can compare with another. */
function textOf(graph: Json | undefined): string {
  return typeof graph === 'string' ? graph : JSON.stringify(graph, null, 2)
}

export function problemFacts({ code, message, where, fix }: HubError): object {
  return { code, message, ...(where === undefined ? {} : { where }), ...(fix === undefined ? {} : { fix }) }
}

function unknownRule(): HubError {
  return new HubError({
    code: 'rule.revision.unknown',
    family: 'reject',
    status: 404,
    message: 'There is no such rule, or no such revision of it.',
  })
}
