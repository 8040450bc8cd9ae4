import type { QueryConfig, QueryResult, QueryResultRow } from 'pg'

/** A pool, a client or a transaction: all that a query needs to know. */
export interface Queryable {
  query<Row extends QueryResultRow>(config: QueryConfig): Promise<QueryResult<Row>>
}
