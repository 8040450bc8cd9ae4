import { CANONICAL_SCHEMAS, COMMON_SCHEMA } from '../../contracts/generated/schemas.ts'
import { HubError } from '../../contracts/hub-error.ts'
import {
  insertDraft,
  lockMapping,
  type MappingHead,
  mappingHistory,
  type MappingRevisionRow,
  newestWorkspaceRevision,
  publishRevision,
  readRevision,
  requestReprojection,
} from '../../store/mapping-queries.ts'
import { writeAudit } from '../../store/decision-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { checkMapping } from '../../mapping/cases/check.ts'
import type { InTransaction } from '../worker.ts'

/** A mapping as a workspace has it: mappings/<system>/<Entity>.yaml, with its cases where there are any. */
export interface MappingFile {
  system: string
  entity: string
  /** For messages. */
  path: string
  document: string
  cases: string | null
}

export interface MappingDeskOptions {
  db: Queryable
  inTransaction: InTransaction
  /** Told after a publish, so that this process need not wait for its next look. */
  onPublished(): Promise<void>
}

/** Where mappings are written, tried and published. A revision is never changed: a correction is a new one. */
export class MappingDesk {
  readonly #options: MappingDeskOptions

  constructor(options: MappingDeskOptions) {
    this.#options = options
  }

  /**
   * Publishes the files of a workspace that are new or have changed since they were last published from there. What was
   * published through the console meanwhile stays in force until its file changes. Returns what was published.
   */
  async importFiles(files: readonly MappingFile[]): Promise<MappingHead[]> {
    const published: MappingHead[] = []
    for (const file of files) {
      checkDocument(file.document, file.cases, file.path, file.entity)
      const head = await this.#options.inTransaction(async (db) => {
        await lockMapping(db, file.system, file.entity)
        const known = await newestWorkspaceRevision(db, file.system, file.entity)
        if (known?.document === file.document && known.cases === file.cases) return undefined
        const { system, entity, document, cases } = file
        const draft = { system, entity, document, cases, origin: 'workspace' as const, author: 'workspace', note: null }
        return this.#publish(db, { system, entity, revision: await insertDraft(db, draft) }, 'workspace')
      })
      if (head !== undefined) published.push(head)
    }
    await this.#options.onPublished()
    return published
  }

  /** Keeps a document as a draft after checking it. Nothing is in force until it is published. */
  async draft(
    target: { system: string; entity: string },
    text: { document: string; cases: string | null; note: string | null },
    author: string,
  ): Promise<MappingHead> {
    checkDocument(text.document, null, `${target.system}/${target.entity}.yaml`, target.entity)
    return this.#options.inTransaction(async (db) => {
      await lockMapping(db, target.system, target.entity)
      const revision = await insertDraft(db, { ...target, ...text, origin: 'console', author })
      await writeAudit(db, {
        actor: author,
        act: 'mapping.draft',
        subject: subjectOf({ ...target, revision }),
        facts: {},
      })
      return { ...target, revision }
    })
  }

  /** Puts a revision in force, a draft or a retired one (that is a roll-back); its cases must hold. */
  async publish(head: MappingHead, author: string): Promise<MappingHead> {
    const result = await this.#options.inTransaction(async (db) => {
      await lockMapping(db, head.system, head.entity)
      const row = await existing(db, head)
      if (row.state === 'published') throw alreadyPublished()
      checkDocument(row.document, row.cases, `${head.system}/${head.entity}.yaml`, head.entity)
      return this.#publish(db, head, author)
    })
    await this.#options.onPublished()
    return result
  }

  /** Puts the revision in force that was so before the present one. */
  async rollBack(system: string, entity: string, author: string): Promise<MappingHead> {
    const history = await mappingHistory(this.#options.db, system, entity)
    const former = history
      .filter((row) => row.state === 'retired' && row.publishedAt !== null)
      .sort((a, b) => (a.publishedAt ?? '').localeCompare(b.publishedAt ?? ''))
      .at(-1)
    if (former === undefined) {
      throw new HubError({
        code: 'mapping.nothing-to-roll-back',
        family: 'reject',
        status: 409,
        message: 'No earlier revision of this mapping was ever in force.',
      })
    }
    return this.publish({ system, entity, revision: former.revision }, author)
  }

  async #publish(db: Queryable, head: MappingHead, author: string): Promise<MappingHead> {
    await publishRevision(db, head)
    await requestReprojection(db, head)
    await writeAudit(db, { actor: author, act: 'mapping.publish', subject: subjectOf(head), facts: {} })
    return head
  }
}

async function existing(db: Queryable, head: MappingHead): Promise<MappingRevisionRow> {
  const row = await readRevision(db, head)
  if (row !== undefined) return row
  throw new HubError({
    code: 'mapping.unknown',
    family: 'reject',
    status: 404,
    message: 'There is no such revision of this mapping.',
  })
}

function subjectOf({ system, entity, revision }: MappingHead): string {
  return `mappings/${system}/${entity}#${revision}`
}

const SCHEMAS = [...Object.values(CANONICAL_SCHEMAS), COMMON_SCHEMA]

/** The document must be right, stand for its entity, and do what its cases say. */
function checkDocument(document: string, cases: string | null, path: string, entity: string): void {
  const casesFile = path.replace(/\.yaml$/, '.cases.yaml')
  const check = checkMapping(document, path, {
    schemas: SCHEMAS,
    ...(cases === null ? {} : { cases: { text: cases, fileName: casesFile } }),
  })
  const [error] = check.errors
  if (error !== undefined) throw error
  const source = check.compiled?.document.source
  if (source !== entity) {
    throw new HubError({
      code: 'mapping.wrong-entity',
      family: 'config',
      status: 422,
      message: `The document maps ${source}, but it stands for ${entity}.`,
      where: path,
      fix: `Write \`source: ${entity}\`, or give the document the name of its source entity.`,
    })
  }
  const failing = check.cases.filter((result) => !result.passed).map((result) => result.title)
  if (failing.length === 0) return
  throw new HubError({
    code: 'mapping.cases-failed',
    family: 'config',
    status: 422,
    message: `The mapping does not do what its cases say: ${failing[0] ?? ''}`,
    where: casesFile,
    fix: 'Run `omnihub mapping test` on it and mend the mapping or the case.',
    facts: { failing },
  })
}

function alreadyPublished(): HubError {
  return new HubError({
    code: 'mapping.already-published',
    family: 'reject',
    status: 409,
    message: 'This revision is in force already.',
  })
}
