/** `npm run check`: everything that needs no servers, in under two minutes. */
import { runChecks } from './checks.ts'
import { startJest } from './jest.ts'

console.log('Checks:')
const passed = await runChecks()
const code = await startJest(['--selectProjects', 'unit', '--silent', ...process.argv.slice(2)]).code
if (!passed) console.log('Some of the checks above the tests failed.')
process.exitCode = passed ? code : 1
