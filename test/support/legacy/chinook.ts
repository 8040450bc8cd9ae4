import mysql, { type Connection } from 'mysql2/promise'
import { readData, readSql } from './data.ts'

const TABLES = ['Employee', 'Customer', 'Invoice', 'InvoiceLine']

/** Chinook's billing in an empty MariaDB database, and what an integration engineer adds to it. */
export async function loadChinook(url: string): Promise<void> {
  await withMariadb(url, async (db) => {
    await db.query(readSql('chinook.sql'))
    for (const table of TABLES) {
      const rows = readData(`chinook/${table}`)
      const columns = Object.keys(rows[0] ?? {})
      await db.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ?`, [rows.map((row) => Object.values(row))])
    }
    await db.query(readSql('chinook-lines.sql'))
  })
}

export async function withMariadb<Result>(url: string, use: (db: Connection) => Promise<Result>): Promise<Result> {
  const db = await mysql.createConnection({ uri: url, charset: 'utf8mb4', multipleStatements: true })
  try {
    return await use(db)
  } finally {
    await db.end()
  }
}
