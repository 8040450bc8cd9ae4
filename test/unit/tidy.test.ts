/** Keeps the whole project tidy; scripts/tidy/ holds the rules and says why. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deadFiles } from '../../scripts/tidy/dead-files.ts'
import { type Finding, projectFiles, show } from '../../scripts/tidy/files.ts'
import { deadLinks } from '../../scripts/tidy/links.ts'
import { badNames, tooLong } from '../../scripts/tidy/shape.ts'
import { bannedWords } from '../../scripts/tidy/words.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const files = projectFiles(ROOT)
const nothing = (findings: readonly Finding[]): void => expect(findings.map(show)).toEqual([])

describe('the project is tidy', () => {
  test('the rules see the project', () => expect(files.length).toBeGreaterThan(20))
  test('files and folders have kebab-case names', () => nothing(badNames(files)))
  test('no file is longer than one purpose needs', () => nothing(tooLong(files)))
  test('no source file is dead', () => nothing(deadFiles(files)))
  test('banned words stay out', () => nothing(bannedWords(files)))
  test('links in the documentation lead somewhere', () =>
    nothing(deadLinks(files, (path) => existsSync(join(ROOT, path)))))
})
