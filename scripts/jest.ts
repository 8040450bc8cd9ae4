/** Runs Jest as a child that shares this terminal. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { ROOT } from './checks.ts'

// Jest needs the flag to load ES modules; Node warns of it on each start, which says nothing to whoever runs the tests.
const NODE_FLAGS = ['--experimental-vm-modules', '--no-warnings']

export interface JestRun {
  child: ChildProcess
  code: Promise<number>
}

const CHOOSES_WORKERS = /^(-w|-i|--maxWorkers|--runInBand)/
// By itself Jest leaves a core to its own process, which is half of a machine with two; system tests also keep servers busy.
const WORKERS = ['--maxWorkers', String(Math.max(2, Math.floor(availableParallelism() / 2)))]

export function startJest(args: readonly string[], environment: Record<string, string> = {}): JestRun {
  const workers = args.some((arg) => CHOOSES_WORKERS.test(arg)) ? [] : WORKERS
  const child = spawn(process.execPath, [...NODE_FLAGS, 'node_modules/jest/bin/jest.js', ...workers, ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  })
  return { child, code: once(child, 'exit').then(([code]) => (code as number | null) ?? 1) }
}
