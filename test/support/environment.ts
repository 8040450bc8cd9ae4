/** The servers that `npm test` starts, as the tests find them. */

/** The address in a variable such as DATABASE_URL; throws with the way out when the tests were not started by npm test. */
export function serverUrl(variable: 'DATABASE_URL' | 'AMQP_URL' | 'MYSQL_URL'): string {
  const url = process.env[variable]
  if (url) return url
  throw new Error(
    `${variable} is not set. Run this test with \`npm test -- <path>\`, which starts the servers, ` +
      'or keep them running with `npm run servers -- --write-env .servers/env` and run `node --env-file=.servers/env ...`.',
  )
}
