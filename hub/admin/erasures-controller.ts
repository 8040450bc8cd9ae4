import { Controller, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { Input, Operation } from '../api/http/decorators.ts'
import type { Input as InputOf } from '../api/http/input.ts'
import {
  confirmErasureOperation,
  getErasureOperation,
  getSecretsOperation,
  listErasuresOperation,
  readmitOperation,
  rotateSecretsOperation,
} from '../api/operations/privacy.ts'
import { sendJson } from '../api/rest/answer.ts'
import { authorOf } from '../api/rest/author.ts'
import { decodeCursor, pageText, UUID_PLACE } from '../api/rest/cursor.ts'
import type { Lane } from '../contracts/change.ts'
import { writeAudit } from '../store/decision-queries.ts'
import { ADMIN_PORTS, type AdminPorts } from './ports.ts'

/** What was erased, what systems have still to do for it, and the secrets that the database holds sealed. */
@Controller()
export class ErasuresController {
  readonly #ports: AdminPorts

  constructor(@Inject(ADMIN_PORTS) ports: AdminPorts) {
    this.#ports = ports
  }

  @Operation(listErasuresOperation)
  async list(@Input() { query }: InputOf<typeof listErasuresOperation>, @Res() reply: FastifyReply): Promise<void> {
    const { limit, cursor, open } = query
    const list = `erasures ${open}`
    const before = decodeCursor(list, cursor, UUID_PLACE)
    const rows = await this.#ports.erasures.list({ open, before }, limit + 1)
    sendJson(reply, pageText(rows, limit, list, { text: (row) => JSON.stringify(row), place: ({ id }) => id }))
  }

  @Operation(getErasureOperation)
  async read(@Input() { params }: InputOf<typeof getErasureOperation>): Promise<object> {
    return this.#ports.erasures.read(params.id)
  }

  @Operation(confirmErasureOperation)
  async confirm(@Input() input: InputOf<typeof confirmErasureOperation>): Promise<object> {
    const what = input.body as { system: string; entity?: string; key?: string }
    return this.#ports.erasures.confirm(input.params.id, what, authorOf(input))
  }

  @Operation(readmitOperation)
  async readmit(@Input() input: InputOf<typeof readmitOperation>): Promise<object> {
    const { records = null } = (input.body ?? {}) as { records?: Lane[] }
    return this.#ports.erasures.readmit(input.params.id, records, authorOf(input))
  }

  @Operation(getSecretsOperation)
  async secrets(): Promise<object> {
    return this.#ports.vault.state()
  }

  @Operation(rotateSecretsOperation)
  async rotate(@Input() input: InputOf<typeof rotateSecretsOperation>): Promise<object> {
    const { db, vault } = this.#ports
    const rotated = await vault.rotate()
    const state = await vault.state()
    const facts = { rotated, key: state.key }
    await writeAudit(db, { actor: authorOf(input), act: 'secrets.rotate', subject: 'secrets', facts })
    return { rotated, ...state }
  }
}
