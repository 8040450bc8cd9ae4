/**
 * Calls a system as fast as its budget allows, as a process of its own:
 *   node test/support/budget-process.ts <database url> <system> <calls per second> <ms>
 * Prints the number of calls it made.
 */
import { RateBudget } from '../../hub/intake/connector-engine/rate-budget.ts'
import { openDatabase } from '../../hub/store/database.ts'

const [url = '', system = '', rate = '', ms = ''] = process.argv.slice(2)
const db = openDatabase(url, { poolMax: 1 })
const budget = new RateBudget(system, { callsPerSecond: Number(rate), recordsPerSecond: undefined }, db)
// The first lease opens the connection; the time counts from then on.
await db.query({ text: 'select 1' })
console.log('ready')
const signal = AbortSignal.timeout(Number(ms))
let calls = 0
try {
  for (;;) {
    await budget.call(signal)
    calls++
  }
} catch {
  console.log(calls)
}
await db.close()
