/** Words that have no place, each with where, why and what to write instead. */
import { type Finding, isGenerated, isTest, type SourceFile } from './files.ts'

interface BannedWord {
  word: RegExp
  /** Paths where it is banned. */
  where: RegExp
  except?: (path: string) => boolean
  /** Whether it is banned in comments too. */
  alsoInComments?: boolean
  /** A comment on the same line or the one above excuses it. */
  unlessExplained?: boolean
  instead: string
}

const CODE = /\.(ts|js|mjs)$/
const PURE = /^hub\/(contracts|mapping|identity|golden|rules|flow)\/.*\.ts$/
// Programs for a terminal: they print, read the clock and exit.
const isProgram = (path: string): boolean => /(^|\/)(cli|main|runtime)(\/|[\w-]*\.ts$)/.test(path)
// A conformance kit is run by tests alone.
const isTestOrProgram = (path: string): boolean => isTest(path) || isProgram(path) || /(^|\/)conformance\//.test(path)
// What /docs shows is code for somebody else's program.
const showsCode = (path: string): boolean => /^hub\/api\/openapi\/(examples|page)\//.test(path)
const CLOCK = 'a pure room knows no clock and no chance: take the value as an argument (ConnectorContext.now shows how)'

export const BANNED: readonly BannedWord[] = [
  {
    word: /\bconsole\.\w+\(/,
    where: /^(hub|connectors)\/.*\.ts$/,
    except: (path) => isTestOrProgram(path) || showsCode(path),
    instead: 'use the logger handed in; only programs of the command line print',
  },
  { word: /\bnew Date\(\s*\)/, where: PURE, except: isTestOrProgram, instead: CLOCK },
  { word: /\bDate\.now\b/, where: PURE, except: isTestOrProgram, instead: CLOCK },
  { word: /\bperformance\.now\b/, where: PURE, except: isTestOrProgram, instead: CLOCK },
  { word: /\bMath\.random\b/, where: PURE, except: isTestOrProgram, instead: CLOCK },
  { word: /\brandom(UUID|Bytes|Int)\b/, where: PURE, except: isTestOrProgram, instead: CLOCK },
  { word: /\bset(Timeout|Interval)\(/, where: PURE, except: isTestOrProgram, instead: CLOCK },
  {
    word: /\bprocess\.env\b/,
    where: PURE,
    except: isTestOrProgram,
    instead: 'settings are read once, in hub/app, and handed in',
  },
  {
    word: /\bprocess\.exit\(/,
    where: /^(hub|connectors)\/.*\.ts$/,
    except: isTestOrProgram,
    instead: 'throw a HubError; only a program ends the process',
  },
  {
    word: /\b(TODO|FIXME|HACK)\b/,
    where: CODE,
    alsoInComments: true,
    instead: 'do it, or file it where work is planned',
  },
  {
    word: /\b(describe|it|test)\.only\b|\bf(describe|it)\(/,
    where: CODE,
    instead: 'run one test with -t; commit all of them',
  },
  {
    // At the start of a line: after a condition it says why by itself.
    word: /^\s*((describe|it|test)\.(skip|todo)\b|x(describe|it)\()/,
    where: CODE,
    unlessExplained: true,
    instead: 'say in a comment above why the test is left out',
  },
  {
    word: /eslint-disable|@ts-(ignore|nocheck|expect-error)/,
    where: CODE,
    alsoInComments: true,
    instead: 'mend what the rule found, or change the rule for all',
  },
  { word: /^export default\b/, where: /\.ts$/, instead: 'export it by its name' },
  { word: /^\s*(export )?(declare )?(const )?enum\s/, where: /\.ts$/, instead: "use a union of texts: 'a' | 'b'" },
  { word: /from '\.{1,2}\/[^']*\.js'/, where: /\.ts$/, instead: "name the source: './x.ts'" },
]

export function bannedWords(files: readonly SourceFile[], banned: readonly BannedWord[] = BANNED): Finding[] {
  return files
    .filter((file) => !isGenerated(file) && !HOLDS_THE_LIST.test(file.path))
    .flatMap((file) => {
      const rules = banned.filter((rule) => rule.where.test(file.path) && rule.except?.(file.path) !== true)
      if (rules.length === 0) return []
      const lines = file.text.split('\n')
      return lines.flatMap((line, index) =>
        rules
          .filter((rule) => breaks(rule, line, lines[index - 1] ?? ''))
          .map((rule) => ({
            path: file.path,
            line: index + 1,
            problem: `${(rule.word.exec(line)?.[0] ?? '').trim()}: ${rule.instead}`,
          })),
      )
    })
}

/** This list and its test must spell what they ban. */
const HOLDS_THE_LIST = /^scripts\/tidy\/(words|tidy\.test)\.ts$/

function breaks(rule: BannedWord, line: string, above: string): boolean {
  if (!rule.word.test(line)) return false
  if (rule.alsoInComments) return true
  if (isComment(line)) return false
  if (rule.unlessExplained) return !isComment(above) && !/\/\/ \S/.test(line)
  // In the comment that ends a line of code the word is only spoken of.
  const code = line.replace(/\s\/\/ .*$/, '')
  return rule.word.test(code)
}

function isComment(line: string): boolean {
  return /^\s*(\/\/|\/?\*)/.test(line)
}
