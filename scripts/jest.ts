/** Runs Jest as a child that shares this terminal. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { ROOT } from './checks.ts'

// Jest needs the flag to load ES modules; Node warns of it on each start, which says nothing to whoever runs the tests.
const NODE_FLAGS = ['--experimental-vm-modules', '--no-warnings']

export interface JestRun {
  child: ChildProcess
  code: Promise<number>
}

export function startJest(args: readonly string[], environment: Record<string, string> = {}): JestRun {
  const child = spawn(process.execPath, [...NODE_FLAGS, 'node_modules/jest/bin/jest.js', ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  })
  return { child, code: once(child, 'exit').then(([code]) => (code as number | null) ?? 1) }
}
