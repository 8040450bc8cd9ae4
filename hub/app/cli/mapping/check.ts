import { asHubError, type HubError } from '../../../contracts/hub-error.ts'
import type { MappingCheck } from '../../../mapping/index.ts'
import { EXIT } from '../shared/exit-codes.ts'
import type { Io } from '../shared/io.ts'
import { errorFacts } from '../shared/show-error.ts'
import { indent, json, plural, printable } from '../shared/text.ts'
import { findMappings, MappingChecker, readMapping } from './mapping-files.ts'

interface CheckedFile {
  file: string
  errors: readonly HubError[]
  check: MappingCheck | undefined
}

/** `omnihub mapping check`: every file is looked at, also after one that is wrong. */
export async function checkMappings(files: readonly string[], asJson: boolean, io: Io): Promise<number> {
  const checker = new MappingChecker(io)
  const checked: CheckedFile[] = []
  for (const file of await findMappings(io, files)) checked.push(await checkOne(checker, file, io))
  const wrong = checked.filter(({ errors }) => errors.length > 0).length
  if (asJson) io.out(json({ ok: wrong === 0, files: checked.map(factsOf) }))
  else {
    for (const one of checked) io.out(textFor(one))
    io.out(`${plural(checked.length, 'mapping')}: ${wrong === 0 ? 'all right' : `${wrong} wrong`}\n`)
  }
  return wrong === 0 ? EXIT.done : EXIT.failed
}

async function checkOne(checker: MappingChecker, file: string, io: Io): Promise<CheckedFile> {
  try {
    const check = await checker.check(await readMapping(io, file), false)
    return { file, errors: check.errors, check }
  } catch (error) {
    const known = asHubError(error)
    if (known.family === 'bug') throw error
    return { file, errors: [known], check: undefined }
  }
}

function textFor({ file, errors, check }: CheckedFile): string {
  const lines = errors.map(
    ({ message, fix }) => `${printable(message)}${fix === undefined ? '' : `\n  ${printable(fix)}`}`,
  )
  if (errors.length > 0) return `wrong  ${file}\n${indent(lines.join('\n'))}\n`
  const document = check?.compiled?.document
  const oneWay = check?.irreversible.size ?? 0
  const note = oneWay === 0 ? '' : `; ${plural(oneWay, 'field')} can not be written back`
  return `right  ${file}: ${document?.source} to ${document?.target}${note}\n`
}

function factsOf({ file, errors, check }: CheckedFile): unknown {
  const document = check?.compiled?.document
  return {
    file,
    ok: errors.length === 0,
    errors: errors.map(errorFacts),
    ...(document === undefined ? {} : { source: document.source, target: document.target }),
    ...(check === undefined ? {} : { irreversible: Object.fromEntries(check.irreversible) }),
  }
}
