#!/usr/bin/env node
/**
 * The command `omnihub`. Plain JavaScript for any Node from 18 on: the hub itself needs the Node that the package `node`
 * pins, so this finds that one, builds dist/ where it is missing, and hands over.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL, URL } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const MAIN = join(ROOT, 'dist/hub/app/cli/main.js')
/** There while somebody builds; left behind by a build that was killed. */
const BUILDING = join(ROOT, 'dist/.building')
const BUILD_MS_MAX = 60_000
const NODE_MAJOR = 24

function fail(message) {
  process.stderr.write(`omnihub: ${message}\n`)
  process.exit(70)
}

/** The pinned Node, wherever npm put it; this one where it is new enough. */
function nodePath() {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return process.execPath
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json')
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8'))
    const path = join(dirname(manifest), bin.node)
    if (existsSync(path)) return path
  } catch {
    // Told below, with the way out.
  }
  return fail(
    `Node ${NODE_MAJOR} is needed; this is ${process.version}, and the package \`node\` is not installed. Run npm install in ${ROOT}.`,
  )
}

/** Undefined where it went well, else why not. */
function build(node) {
  if (!existsSync(join(ROOT, 'scripts/build.ts'))) return `${MAIN} is missing, and there is nothing to build it from.`
  const { status, error, stdout, stderr } = spawnSync(node, ['scripts/build.ts'], { cwd: ROOT, encoding: 'utf8' })
  return status === 0 ? undefined : `The build failed.\n${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`
}

/** One builds, others that start meanwhile wait for it. */
function ensureBuilt(node) {
  for (let waitedMs = 0; ; waitedMs += 100) {
    const isBusy = existsSync(BUILDING)
    if (!isBusy && existsSync(MAIN)) return
    const isStale = isBusy && Date.now() - (statSync(BUILDING, { throwIfNoEntry: false })?.mtimeMs ?? 0) > BUILD_MS_MAX
    if (!isBusy || isStale) {
      try {
        mkdirSync(dirname(BUILDING), { recursive: true })
        if (!isStale) mkdirSync(BUILDING)
        break
      } catch (error) {
        if (error.code !== 'EEXIST') throw error
      }
    }
    if (waitedMs > 2 * BUILD_MS_MAX) fail(`Another build does not end. If there is none, delete ${BUILDING}.`)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
  }
  const fault = build(node)
  // So that the next start builds again, and does not take half of a build for a whole one.
  if (fault !== undefined) rmSync(MAIN, { force: true })
  rmdirSync(BUILDING)
  if (fault !== undefined) fail(fault)
}

function handOver(node) {
  const child = spawn(node, [MAIN, ...process.argv.slice(2)], { stdio: 'inherit' })
  // Ctrl-C reaches the child by itself, as it shares the terminal; what is sent to this process alone is handed on.
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('error', (error) => fail(error.message))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0)))
}

const node = nodePath()
ensureBuilt(node)
if (node === process.execPath) await import(pathToFileURL(MAIN).href)
else handOver(node)
