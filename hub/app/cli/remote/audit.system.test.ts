import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { AuditTrail } from '../../../security/audit-trail.ts'
import { type Database, openDatabase } from '../../../store/database.ts'
import { writeAudit } from '../../../store/decision-queries.ts'
import { type TestDatabase, testDatabase } from '../../../../test/support/test-database.ts'
import type { Io } from '../shared/io.ts'
import { verifyTrail } from './audit.ts'

let database: TestDatabase
let db: Database
beforeAll(async () => {
  database = await testDatabase()
  db = openDatabase(database.url)
  for (const act of ['a', 'b', 'c']) await writeAudit(db, { actor: 'ann', act, subject: 'x', facts: {} })
  await new AuditTrail({
    db,
    onError: (error) => {
      throw error
    },
  }).flush()
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

async function verify(head?: string): Promise<{ code: number; text: string }> {
  let text = ''
  const io = {
    env: { DATABASE_URL: database.url },
    cwd: '.',
    secrets: new Set(),
    out: (part: string) => {
      text += part
    },
    err: () => undefined,
  } as unknown as Io
  const none = { url: undefined, key: undefined, 'key-file': undefined, json: false }
  const code = await verifyTrail({ ...none, head, 'database-url': 'env' }, io)
  return { code, text }
}

describe('omnihub audit verify', () => {
  test('says that a trail is sound and prints its head, which the next one takes', async () => {
    const { code, text } = await verify()
    expect([code, text.split('\n')[0]]).toEqual([0, 'The audit trail is sound: 3 entries, 0 still to be chained.'])
    const head = /^head (3:[0-9a-f]{64})$/m.exec(text)?.[1]
    expect((await verify(head)).code).toBe(0)
    const other = await verify(`${head?.slice(0, -1) ?? ''}${head?.endsWith('0') === true ? '1' : '0'}`)
    expect([other.code, other.text.includes('head-differs')]).toEqual([1, true])
  })

  test('fails and names the entry that was changed', async () => {
    await db.session(async (client) => {
      await client.query('set session_replication_role = replica')
      await client.query(`update audit_entry set actor = 'bob' where act = 'b'`)
    })
    const { code, text } = await verify()
    expect([code, /^2 +\d+ +entry-changed/m.test(text)]).toEqual([1, true])
  })

  test.each(['x', '0:00', '1:zz', `1:${'0'.repeat(63)}`])('refuses the head %s', async (head) => {
    await expect(verify(head)).rejects.toMatchObject({ code: 'cli.usage.audit-head' })
  })
})
