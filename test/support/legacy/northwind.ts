import pg from 'pg'
import { readData, readSql } from './data.ts'

const TABLES = ['categories', 'suppliers', 'products', 'customers', 'orders', 'order_details']

/** Northwind's ERP and inventory in an empty PostgreSQL database, and what an integration engineer adds to it. */
export async function loadNorthwind(url: string): Promise<void> {
  await withPostgres(url, async (db) => {
    await db.query(readSql('northwind.sql'))
    for (const table of TABLES) {
      const rows = JSON.stringify(readData(`northwind/${table}`))
      await db.query(`INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1)`, [rows])
    }
    await db.query(readSql('northwind-hub.sql'))
  })
}

export async function withPostgres<Result>(url: string, use: (db: pg.Client) => Promise<Result>): Promise<Result> {
  const db = new pg.Client({ connectionString: url })
  await db.connect()
  try {
    return await use(db)
  } finally {
    await db.end()
  }
}
