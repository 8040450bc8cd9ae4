import pg from 'pg'

/** A database of its own on the server of DATABASE_URL, dropped at the end. */
export async function scratchDatabase<Result>(run: (url: string) => Promise<Result>): Promise<Result> {
  const url = process.env.DATABASE_URL
  if (url === undefined) throw new Error('DATABASE_URL is not set; `npm run bench` starts a server and sets it')
  const name = `bench_${process.pid}_${Date.now()}`
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  await admin.query(`create database ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  try {
    return await run(own.href)
  } finally {
    await admin.query(`drop database ${name} with (force)`)
    await admin.end()
  }
}
