import { Controller, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { Input, Operation } from '../api/http/decorators.ts'
import type { Input as InputOf } from '../api/http/input.ts'
import { decideMatchOperation, listDecisionsOperation, listMatchesOperation } from '../api/operations/admin-set-up.ts'
import { sendJson } from '../api/rest/answer.ts'
import { authorOf, noteOf } from '../api/rest/author.ts'
import { decodeCursor, pageOf, pageText } from '../api/rest/cursor.ts'
import { findCustomer } from '../api/rest/find-customer.ts'
import type { Lane } from '../contracts/change.ts'
import type { JsonObject } from '../contracts/json.ts'
import { listDecisions, type MatchRow, type MatchSide, pairsToReview, pairsWithin } from '../store/match-queries.ts'
import { ADMIN_PORTS, type AdminPorts } from './ports.ts'

const LIST = 'matches'
const PLACE = /^-?\d+(\.\d+)?(e[+-]?\d+)? \d{1,15} \d{1,15}$/

/** Pairs of records that a person should look at, and what stewards said about pairs. */
@Controller()
export class MatchesController {
  readonly #ports: AdminPorts

  constructor(@Inject(ADMIN_PORTS) ports: AdminPorts) {
    this.#ports = ports
  }

  @Operation(listMatchesOperation)
  async list(
    @Input() { query, found }: InputOf<typeof listMatchesOperation>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { db, matches } = this.#ports
    const { customer, limit, cursor } = query
    if (customer !== undefined) {
      const { id } = await findCustomer(db, customer, '?customer')
      found([id])
      sendJson(reply, pageOf((await pairsWithin(db, id)).map(matchText), null))
      return
    }
    const place = decodeCursor(LIST, cursor, PLACE)
    const [weight = 0, a = 0, b = 0] = (place ?? '').split(' ').map(Number)
    const before = place === null ? null : { weight, a, b }
    const rows = await pairsToReview(db, matches.reviewWeight, before, limit + 1)
    found(rows.slice(0, limit).flatMap(({ a, b }) => [a.customer, b.customer]))
    const text = pageText(rows, limit, LIST, {
      text: matchText,
      place: (row) => `${row.weight} ${row.a.no} ${row.b.no}`,
    })
    sendJson(reply, text)
  }

  @Operation(listDecisionsOperation)
  async decisions(@Input() { query }: InputOf<typeof listDecisionsOperation>): Promise<object> {
    return { items: await listDecisions(this.#ports.db, query.limit) }
  }

  @Operation(decideMatchOperation)
  decide(@Input() input: InputOf<typeof decideMatchOperation>): Promise<{ a: string; b: string }> {
    const body = input.body as JsonObject & { a: Lane & JsonObject; b: Lane & JsonObject; kind: 'must-join' }
    const act = { author: authorOf(input), note: noteOf(body) }
    return this.#ports.matches.decide({ a: body.a, b: body.b }, body.kind, act)
  }
}

function matchText({ a, b, weight, fields, at }: MatchRow): string {
  return `{"a":${sideText(a)},"b":${sideText(b)},"weight":${weight},"fields":${fields},"at":${JSON.stringify(at)}}`
}

function sideText({ system, entity, key, customer, document }: MatchSide): string {
  const head = JSON.stringify({ system, entity, key, customer })
  return `${head.slice(0, -1)},"document":${document ?? 'null'}}`
}
