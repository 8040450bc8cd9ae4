import { Controller, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { Input, Operation } from '../api/http/decorators.ts'
import type { Input as InputOf } from '../api/http/input.ts'
import { listAuditOperation, verifyAuditOperation } from '../api/operations/audit.ts'
import { sendJson } from '../api/rest/answer.ts'
import { authorOf } from '../api/rest/author.ts'
import { decodeCursor, NUMBER_PLACE, pageText } from '../api/rest/cursor.ts'
import { HubError } from '../contracts/hub-error.ts'
import type { Json } from '../contracts/json.ts'
import { type AuditVerdict, type KnownHead, verifyAudit } from '../security/audit-verify.ts'
import { auditPage, type AuditPageRow } from '../store/audit-queries.ts'
import { writeAudit } from '../store/decision-queries.ts'
import { ADMIN_PORTS, type AdminPorts } from './ports.ts'

/** The audit trail: seen and verified. */
@Controller()
export class AuditController {
  readonly #ports: AdminPorts
  #verifying = false

  constructor(@Inject(ADMIN_PORTS) ports: AdminPorts) {
    this.#ports = ports
  }

  @Operation(listAuditOperation)
  async list(@Input() { query }: InputOf<typeof listAuditOperation>, @Res() reply: FastifyReply): Promise<void> {
    const { limit, cursor, ...filter } = query
    const list = `audit ${JSON.stringify(filter)}`.slice(0, 600)
    const before = decodeCursor(list, cursor, NUMBER_PLACE)
    const rows = await auditPage(this.#ports.db, filter, before === null ? null : Number(before), limit + 1)
    sendJson(reply, pageText(rows, limit, list, { text: entryText, place: ({ no }) => String(no) }))
  }

  @Operation(verifyAuditOperation)
  async verify(@Input() input: InputOf<typeof verifyAuditOperation>): Promise<AuditVerdict> {
    if (this.#verifying) throw busy()
    this.#verifying = true
    try {
      const { heads = [] } = (input.body ?? {}) as { heads?: KnownHead[] }
      const { db } = this.#ports
      const verdict = await verifyAudit(db, heads)
      const facts = { sound: verdict.sound, entries: verdict.entries }
      await writeAudit(db, { actor: authorOf(input), act: 'audit.verify', subject: 'audit', facts })
      return verdict
    } finally {
      this.#verifying = false
    }
  }
}

function entryText({ facts, records, hash, no, at, lastAt, actor, act, subject, position }: AuditPageRow): string {
  return JSON.stringify({
    ...{ no, at, lastAt, actor, act, subject, position },
    facts: facts === null ? null : (JSON.parse(facts) as Json),
    // An array literal of UUIDs has neither quotes nor escapes.
    records:
      records === null
        ? null
        : records
            .slice(1, -1)
            .split(',')
            .filter((id) => id !== ''),
    hash: hash?.toString('hex') ?? null,
  })
}

function busy(): HubError {
  return new HubError({
    code: 'audit.verification.running',
    family: 'retry',
    message: 'The audit trail is being verified already.',
    fix: 'Wait for that to end.',
    retryAfterMs: 10_000,
  })
}
