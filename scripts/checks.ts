/** The checks that need nothing but Node, each with the command that mends what it finds. */
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

export interface Check {
  name: string
  /** Arguments of node. */
  args: string[]
  mend: string
}

const bin = (path: string): string => `node_modules/${path}`

/** `scripts/generate-*.ts` write generated files; with `--check` they only compare, and exit with 1 where one is stale. */
function generators(): Check[] {
  return globSync('scripts/generate-*.ts', { cwd: ROOT })
    .sort()
    .map((file) => ({ name: `generated: ${file}`, args: [file, '--check'], mend: `node ${file}` }))
}

export function checks(): Check[] {
  return [
    {
      name: 'types',
      args: [bin('typescript/bin/tsc'), '-p', '.'],
      mend: 'npm run types shows them again',
    },
    {
      // Beside the types of the whole: it must do without Node's, as it runs in browsers too.
      name: 'types: clients/typescript',
      args: [bin('typescript/bin/tsc'), '-p', 'clients/typescript', '--noEmit'],
      mend: 'node clients/typescript/build.js shows them again',
    },
    {
      name: 'lint',
      args: [
        bin('eslint/bin/eslint.js'),
        '.',
        '--cache',
        '--cache-location',
        'node_modules/.cache/eslint/',
        '--max-warnings',
        '0',
      ],
      mend: 'npx eslint --fix . mends some',
    },
    {
      name: 'format',
      args: [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '--cache', '.'],
      mend: 'npm run format',
    },
    {
      name: 'import rules',
      args: [bin('dependency-cruiser/bin/dependency-cruiser.mjs'), '--config', '.dependency-cruiser.js', ...rooms()],
      mend: "each rule's comment in .dependency-cruiser.js says where such code belongs",
    },
    {
      name: 'generated: hub/store/schema.sql',
      args: ['scripts/dump-schema.ts', '--check'],
      mend: 'node scripts/dump-schema.ts',
    },
    {
      name: 'the API and its published version',
      args: ['scripts/check-api-compatibility.ts'],
      mend: 'docs/channel-developers/versioning.md says how',
    },
    ...generators(),
  ]
}

function rooms(): string[] {
  return globSync('{hub,connectors,demo,bench,test,scripts,clients}', { cwd: ROOT })
}

export interface Outcome {
  code: number
  output: string
}

/** Runs node with `args` at the package root, keeping what it prints. */
export function runNode(args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/** Runs the checks two at a time and prints one line for each; answers whether all passed. */
export async function runChecks(list: readonly Check[] = checks()): Promise<boolean> {
  const waiting = [...list]
  let passed = true
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const started = Date.now()
      const { code, output } = await runNode(check.args)
      const seconds = ((Date.now() - started) / 1000).toFixed(1)
      console.log(`  ${code === 0 ? 'ok    ' : 'FAILED'} ${check.name} (${seconds} s)`)
      if (code === 0) continue
      passed = false
      console.log(`${output.trimEnd()}\n  To mend it: ${check.mend}`)
    }
  }
  await Promise.all([work(), work()])
  return passed
}
