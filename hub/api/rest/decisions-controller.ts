import { Controller, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { Input, Operation } from '../http/decorators.ts'
import type { Input as InputOf } from '../http/input.ts'
import { listNotes, type NoteRow, notesOfCustomer } from '../../store/note-queries.ts'
import {
  decideOperation,
  getCustomerNotesOperation,
  getRuleOperation,
  listNotesOperation,
  listRulesOperation,
} from '../operations/decisions.ts'
import { API_PORTS, type ApiPorts, type RuleEntry } from '../ports.ts'
import { sendJson } from './answer.ts'
import { authorOf } from './author.ts'
import { decodeCursor, pageText } from './cursor.ts'
import { findCustomer } from './find-customer.ts'

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

/** Business rules, asked by channels. */
@Controller()
export class DecisionsController {
  readonly #ports: ApiPorts

  constructor(@Inject(API_PORTS) ports: ApiPorts) {
    this.#ports = ports
  }

  @Operation(listRulesOperation)
  list(): object {
    return { items: this.#ports.decisions.rules() }
  }

  @Operation(getRuleOperation)
  read(@Input() { params }: InputOf<typeof getRuleOperation>): RuleEntry {
    return this.#ports.decisions.rule(params.rule)
  }

  @Operation(decideOperation)
  async decide(@Input() input: InputOf<typeof decideOperation>): Promise<object> {
    const body = input.body as { input: JsonObject; at?: string; trace?: boolean }
    const order = { rule: input.params.rule, input: body.input, at: momentOf(body.at), actor: authorOf(input) }
    const answer = await this.#ports.decisions.decide(order).catch(withinInput)
    const { id, rule, revision, customer, records, result, trace } = answer
    const found = customer === null ? records : [customer, ...records]
    if (found.length > 0) input.found(found)
    return {
      decision: id,
      rule,
      revision,
      ...(customer === null ? {} : { customer }),
      result,
      ...(body.trace === true ? { trace } : {}),
    }
  }

  @Operation(getCustomerNotesOperation)
  async notes(
    @Input() { params }: InputOf<typeof getCustomerNotesOperation>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { db } = this.#ports
    const { id } = await findCustomer(db, params.id)
    const items = (await notesOfCustomer(db, id)).map(noteText)
    sendJson(reply, `{"customer":"${id}","items":[${items.join(',')}]}`)
  }

  @Operation(listNotesOperation)
  async allNotes(@Input() { query }: InputOf<typeof listNotesOperation>, @Res() reply: FastifyReply): Promise<void> {
    const { limit, cursor, rule } = query
    const list = `notes ${rule ?? ''}`
    const after = placeAfter(decodeCursor(list, cursor, NOTE_PLACE))
    const rows = await listNotes(this.#ports.db, { rule: rule ?? null, after }, limit + 1)
    const view = { text: noteText, place: (row: NoteRow) => `${row.customerId} ${row.rule}` }
    sendJson(reply, pageText(rows, limit, list, view))
  }
}

const NOTE_PLACE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12} [a-z0-9-]{1,64}$/

function noteText({ customerId: customer, rule, revision, at, findings }: NoteRow): string {
  return `${JSON.stringify({ customer, rule, revision, at }).slice(0, -1)},"findings":${findings}}`
}

function placeAfter(place: string | null): { customer: string; rule: string } | null {
  const [customer, rule] = place?.split(' ') ?? []
  return customer === undefined || rule === undefined ? null : { customer, rule }
}

function momentOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const at = MOMENT.test(text) ? Date.parse(text) : NaN
  if (!Number.isNaN(at)) return at
  throw new HubError({
    code: 'request.body.invalid',
    family: 'reject',
    message: '`/at` must be a moment as RFC 3339 writes it.',
    where: '/at',
  })
}

const ABOUT_INPUT: ReadonlySet<string> = new Set(['rule.input.invalid', 'record.unknown', 'record.deleted'])

/** A pointer into the input of the rule is one into the body of the request. */
function withinInput(error: unknown): never {
  if (!(error instanceof HubError) || !ABOUT_INPUT.has(error.code)) throw error
  const { code, family, status, message, where = '', fix, facts } = error
  throw new HubError({
    code,
    family,
    status,
    message,
    where: `/input${where}`,
    ...(fix === undefined ? {} : { fix }),
    ...(facts === undefined ? {} : { facts }),
  })
}
