/** The command line in tests: within the process with a world of its own, or as its users run it. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Io } from '../../hub/app/cli/shared/io.ts'
import { ROOT, runNode } from '../../scripts/checks.ts'

export interface TestIo extends Io {
  /** What was printed so far. */
  stdout(): string
  stderr(): string
  /** Presses Ctrl-C. */
  interrupt(): void
}

export interface TestIoOptions {
  cwd?: string
  env?: Record<string, string>
  /** Standard input, chunk by chunk. */
  stdin?: readonly (string | Uint8Array)[]
  columns?: number
  now?: () => number
}

export function testIo(options: TestIoOptions = {}): TestIo {
  let [stdout, stderr] = ['', '']
  const controller = new AbortController()
  return {
    out: (text) => (stdout += text),
    write: (bytes) => Promise.resolve(void (stdout += Buffer.from(bytes).toString())),
    err: (text) => (stderr += text),
    stdin: inputOf(options.stdin ?? []),
    env: options.env ?? {},
    cwd: options.cwd ?? ROOT,
    columns: options.columns,
    now: options.now ?? (() => Date.UTC(2026, 0, 2)),
    interrupted: () => controller.signal,
    secrets: new Set(),
    stdout: () => stdout,
    stderr: () => stderr,
    interrupt: () => {
      controller.abort()
    },
  }
}

async function* inputOf(chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
}

export interface TestFolder {
  path: string
  /** Writes a file into it and answers its path. */
  file(name: string, content: string | Uint8Array): string
  remove(): void
}

export function testFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'omnihub-cli-'))
  return {
    path,
    file(name, content) {
      const file = join(path, name)
      writeFileSync(file, content)
      return file
    },
    remove: () => {
      rmSync(path, { recursive: true, force: true })
    },
  }
}

export interface CliOutcome {
  code: number
  stdout: string
  stderr: string
}

export interface CliRun {
  cwd?: string
  env?: Record<string, string>
  stdin?: string
}

/** Runs bin/omnihub.js as a process of its own, which sees nothing of this one's environment but PATH. */
export function runCliProcess(
  words: readonly string[],
  { cwd = ROOT, env = {}, stdin = '' }: CliRun = {},
): Promise<CliOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'bin/omnihub.js'), ...words], {
      cwd,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    // A command that does not read its input closes it: nothing is wrong with that.
    child.stdin.on('error', () => undefined)
    child.stdin.end(stdin)
    child.once('error', reject)
    child.once('close', (code) => {
      resolve({ code: code ?? -1, stdout, stderr })
    })
  })
}

/** dist/ as the sources are now; throws with the compiler's words where they do not compile. */
export async function buildDist(): Promise<void> {
  const { code, output } = await runNode(['scripts/build.ts'])
  if (code !== 0) throw new Error(output)
}
