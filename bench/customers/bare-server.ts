/** The limit for GET /v1/customers/{id}: a Fastify handler that reads the same row and sends its text. Runs as a process of its own. */
import { fastify } from 'fastify'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 })
const server = fastify()
server.get<{ Params: { id: string } }>('/v1/customers/:id', async (request, reply) => {
  const { rows } = await pool.query<{ golden: string; version: number }>({
    name: 'read',
    text: 'select golden::text as golden, version from customer where id = $1::uuid',
    values: [request.params.id],
  })
  const [row] = rows
  if (row === undefined) return reply.code(404).send()
  return reply
    .header('etag', `"${row.version}"`)
    .header('content-type', 'application/json; charset=utf-8')
    .send(row.golden)
})
server.get('/health/ready', () => ({ status: 'ready' }))
await server.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
