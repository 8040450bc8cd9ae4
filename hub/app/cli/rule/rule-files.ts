import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { HubError } from '../../../contracts/hub-error.ts'
import { pathOf, readTextFile } from '../shared/files.ts'
import type { Io } from '../shared/io.ts'

export const RULE_FILE = /\.rule\.yaml$/

/** The texts of a rule, from the file of its envelope and those beside it. */
export async function readRuleTexts(
  io: Io,
  file: string,
): Promise<{ envelope: string; graph: string; cases: string | null }> {
  const graph = file.replace(RULE_FILE, '.json')
  const cases = file.replace(RULE_FILE, '.cases.yaml')
  return {
    envelope: await readTextFile(io, file),
    graph: await readTextFile(io, graph),
    cases: existsSync(pathOf(io, cases)) ? await readTextFile(io, cases) : null,
  }
}

/** The envelopes of a folder, or of the rules/ of a workspace; without a folder those of OMNIHUB_WORKSPACE, or of this one. */
export async function findRules(io: Io, folder: string | undefined): Promise<string[]> {
  const start = folder ?? (io.env['OMNIHUB_WORKSPACE'] || '.')
  const within = existsSync(pathOf(io, join(start, 'rules'))) ? join(start, 'rules') : start
  const names = await readdir(pathOf(io, within)).catch(() => [])
  const found = names.filter((name) => RULE_FILE.test(name)).sort()
  if (found.length > 0) return found.map((name) => join(within, name))
  throw new HubError({
    code: 'cli.rule.none',
    family: 'reject',
    message: 'There are no rules here: files that end in .rule.yaml.',
    where: start,
    fix: 'Name the folder that has them, or the workspace.',
  })
}
