/**
 * The few words in which the connector's SQL differs from PostgreSQL's; the rest is the same, or a function of the same
 * name (prelude.ts).
 */
export function translateQuery(text: string): string {
  return text
    .replace(/((?:"[^"]+"\.)?"[^"]+")\.NEXTVAL/g, (_, name: string) => `nextval('${name.replaceAll("'", "''")}')`)
    .replace(/'[^']*'|"[^"]*"|[^'"]+/g, (part) => (/^['"]/.test(part) ? part : plainWords(part)))
}

function plainWords(text: string): string {
  return text
    .replace(/:(\d+)/g, '$$$1')
    .replace(/\bSYSTIMESTAMP\b/g, 'ora.systimestamp()')
    .replace(/FOR UPDATE WAIT \d+/g, 'FOR UPDATE')
    .replace(/JSON_SERIALIZE\(/g, '(')
    .replace(/ RETURNING CLOB\)/g, ')::text')
}

/** How long a locking statement waits at most, in seconds. */
export function lockWaitOf(text: string): number | undefined {
  const seconds = /FOR UPDATE WAIT (\d+)$/.exec(text)?.[1]
  return seconds === undefined ? undefined : Number(seconds)
}
