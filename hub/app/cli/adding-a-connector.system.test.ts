/** docs/adding-a-connector.md, followed to the letter: its blocks in their order, in an empty folder. */
import { jest } from '@jest/globals'
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../../scripts/checks.ts'
import { buildDist, testFolder, type TestFolder } from '../../../test/support/cli.ts'
import { guideScript } from './guide-script.ts'

const GUIDE = join(ROOT, 'docs/adding-a-connector.md')
const MINUTES_MAX = 4

jest.setTimeout((MINUTES_MAX + 1) * 60_000)

interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs the script in a shell and process group of its own, so that what it left running ends with it. */
function follow(script: string, folder: TestFolder): Promise<Outcome> {
  const bin = join(folder.path, 'bin')
  mkdirSync(bin)
  symlinkSync(join(ROOT, 'bin/omnihub.js'), join(bin, 'omnihub'))
  symlinkSync(process.execPath, join(bin, 'node'))
  const home = join(folder.path, 'home')
  mkdirSync(home)
  const file = join(folder.path, 'guide.sh')
  writeFileSync(file, script)
  return new Promise((resolve, reject) => {
    const child = spawn('bash', [file], {
      cwd: home,
      env: { PATH: `${bin}:${process.env.PATH}`, HOME: home },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.once('error', reject)
    const late = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGTERM'), MINUTES_MAX * 60_000)
    child.once('close', (code) => {
      clearTimeout(late)
      resolve({ code, stdout, stderr })
    })
  })
}

describe('docs/adding-a-connector.md', () => {
  const folder = testFolder()
  let outcome: Outcome

  beforeAll(async () => {
    await buildDist()
    outcome = await follow(guideScript(readFileSync(GUIDE, 'utf8')), folder)
  })

  afterAll(() => {
    folder.remove()
  })

  test('works to its end', () => {
    expect({ code: outcome.code, stderr: outcome.stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('gives a connector that passes all of the kit that applies to it', () => {
    const scores = [...outcome.stdout.matchAll(/^Conformance of library: (\d+) of (\d+) applicable checks pass$/gm)]
    expect(scores.map(([, passed, applicable]) => [Number(passed), Number(applicable)])).toEqual([
      [24, 24],
      [21, 21],
      [8, 8],
      [11, 11],
    ])
  })

  test('delivers what happens at the desk into the running hub', () => {
    expect(outcome.stdout).toMatch(/^library +library +running/m)
    expect(outcome.stdout).toContain('"full":"Cy Moss"')
    expect(outcome.stdout).toMatch(/accepted +3\b/)
  })
})
