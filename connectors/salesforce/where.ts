import { settingsError } from '../shared/errors.ts'

/** Words that would end the condition and begin another clause; inside parentheses (a semi-join) they are allowed. */
const CLAUSES =
  /\b(SELECT|FROM|WHERE|ORDER\s+BY|GROUP\s+BY|HAVING|LIMIT|OFFSET|WITH|FOR\s+(?:VIEW|REFERENCE|UPDATE)|ALL\s+ROWS|USING\s+SCOPE)\b/i

/**
 * Makes sure that the text is one condition, which stays inside the parentheses that it is put into: quotes and
 * parentheses are balanced, and no other clause begins. Whether its fields exist, the system says. Throws `connector.settings`.
 */
export function requireCondition(text: string, where: string): void {
  const fix =
    "Write what would stand behind WHERE, e.g. RecordType.DeveloperName = 'Customer' AND IsPersonAccount = true."
  const refuse = (what: string): never => {
    throw settingsError(`The filter ${what}.`, { where, fix })
  }
  // Each quoted text becomes an empty one, so that nothing in it counts.
  const bare = text.replace(/'(?:[^'\\]|\\.)*'/gs, "''")
  if (bare.replaceAll("''", '').includes("'")) refuse('has a quote that is not closed')
  if (text.trim() === '') refuse('is empty')
  let depth = 0
  let outside = ''
  for (const character of bare) {
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (depth < 0) refuse('closes a parenthesis that it has not opened')
    outside += depth === 0 ? character : ' '
  }
  if (depth > 0) refuse('has a parenthesis that is not closed')
  const clause = CLAUSES.exec(outside)?.[0]
  if (clause !== undefined) refuse(`has the clause ${clause.toUpperCase()}`)
}
