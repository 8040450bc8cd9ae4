import { answerInfo, paramsOf, versionTag } from './answer-info.ts'
import type { RequestOptions } from './caller.ts'
import { OmnihubError } from './error.ts'
import { Methods } from './generated/methods.ts'
import { EDITS, OPERATIONS } from './generated/table.ts'
import type { OperationRow } from './operation.ts'

/** What a JSON Merge Patch (RFC 7396) of a document may say: members replace, null removes, lists are replaced whole. */
export type MergePatch<Document> = {
  [Name in keyof Document]?: Document[Name] extends readonly unknown[] | undefined
    ? Document[Name] | null
    : Document[Name] extends object | undefined
      ? MergePatch<NonNullable<Document[Name]>> | null
      : Document[Name] | null
}

/**
 * The API of a hub.
 *
 * ```ts
 * const hub = new OmnihubClient({ url: 'https://hub.example.com', key: 'omni_...' })
 * const customer = await hub.getCustomer({ id })
 * await hub.edit(customer, { preferredChannel: 'sms' })
 * ```
 */
export class OmnihubClient extends Methods {
  /**
   * Edits what one of the `get` methods answered, or an item of a list, unless somebody else has edited it since: then it throws `412` and has
   * changed nothing. Answers the record as it is now; the hub carries the change to the systems of record.
   */
  async edit<Record extends object>(
    record: Record,
    patch: MergePatch<Record>,
    options: RequestOptions & { waitSeconds?: number } = {},
  ): Promise<Record> {
    const { etag, row } = editOf(record)
    const { waitSeconds, ...rest } = options
    const params = {
      ...paramsOf(record),
      ifMatch: etag,
      body: patch,
      ...(waitSeconds === undefined ? {} : { waitSeconds }),
    }
    return this.callJson<Record>(row, params, rest)
  }

  /** The newest version of what one of the `get` methods answered: the same object where nothing has changed. */
  async refresh<Record extends object>(record: Record, options: RequestOptions = {}): Promise<Record> {
    const info = answerInfo(record)
    const row = info === undefined ? undefined : rowOf(info.operation)
    if (info?.etag === undefined || row?.method !== 'GET') throw notRead('refresh')
    const newer = await this.callJson<Record | undefined>(row, paramsOf(record) ?? {}, {
      ...options,
      ifNoneMatch: info.etag,
    })
    return newer ?? record
  }
}

function rowOf(operation: string): OperationRow | undefined {
  return (OPERATIONS as Readonly<Record<string, OperationRow>>)[operation]
}

function editOf(record: object): { etag: string; row: OperationRow } {
  const info = answerInfo(record)
  // What an edit answered can be edited again.
  const isEdited = info !== undefined && Object.values(EDITS).some((name) => name === info.operation)
  const edit = info === undefined ? undefined : isEdited ? info.operation : EDITS[info.operation]
  const row = edit === undefined ? undefined : rowOf(edit)
  // Roles that do not see all of a record get no ETag; its id and version say the same.
  const etag = info?.etag ?? versionTag(record)
  if (etag === undefined || row === undefined) throw notRead('edit')
  return { etag, row }
}

function notRead(what: string): OmnihubError {
  return new OmnihubError({
    code: 'client.usage',
    message: `Only what a \`get\` method of this client answered, or an item of a list, can be given to \`${what}\`: not a copy or a part.`,
    fix: 'Read the record by its id first.',
  })
}
