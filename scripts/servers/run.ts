/**
 * Starts the servers of the tests for a developer and keeps them until Ctrl-C:
 *   node scripts/servers/run.ts [--write-env FILE]
 * (named so because node itself takes --env-file wherever it stands). Prints the variables; with --write-env it also writes them to FILE, for `node --env-file=FILE ...`.
 */
import { rm, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { startServers } from './start.ts'

const { values } = parseArgs({ options: { 'write-env': { type: 'string' } } })
const envFile = values['write-env']
const servers = await startServers((text) => console.log(text))
const lines = Object.entries(servers.environment).map(([name, value]) => `${name}='${value}'\n`)
console.log(`${lines.join('')}Ctrl-C ends them.`)
if (envFile !== undefined) await writeFile(envFile, lines.join(''), { mode: 0o600 })

const signal = await new Promise<NodeJS.Signals>((resolve) => {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, resolve)
  // Children are unreferenced by nothing else; this keeps the process alive.
  setInterval(() => undefined, 1 << 30)
})
console.log(`Ending the servers (${signal})`)
await servers.stop()
if (envFile !== undefined) await rm(envFile, { force: true })
process.exit(0)
