/**
 * Writes clients/typescript/src/generated/ from the API of the hub: types, a method for each operation, error codes.
 *
 *   node scripts/generate-client.ts            writes
 *   node scripts/generate-client.ts --check    compares, and fails when something is stale
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format } from 'prettier'
import { asyncApiDocument } from '../hub/api/asyncapi/document.ts'
import { openApiDocument } from '../hub/api/openapi/document.ts'
import { OPERATIONS } from '../hub/api/operations/index.ts'
import { clientModules } from './client/modules.ts'
import { API_VERSION } from '../hub/api/openapi/version.ts'
import { findErrorCodes } from './docs/error-codes.ts'
import { hubSources, ROOT } from './docs/sources.ts'

const TARGET = 'clients/typescript/src/generated'
const MEND = 'npm run docs'
const BANNER =
  '// Generated from the OpenAPI document of the hub by `npm run docs`. Change the operation, not this file.'
const STYLE = { parser: 'typescript', semi: false, singleQuote: true, printWidth: 120, trailingComma: 'all' } as const

async function generated(): Promise<Map<string, string>> {
  const modules = clientModules({
    openApi: openApiDocument(OPERATIONS, API_VERSION),
    asyncApi: asyncApiDocument(API_VERSION),
    errorCodes: findErrorCodes(hubSources()).map(({ code }) => code),
  })
  const files = await Promise.all(
    Object.entries(modules).map(async ([name, text]): Promise<[string, string]> => [
      name,
      await format(`${BANNER}\n${text}`, STYLE),
    ]),
  )
  return new Map(files)
}

function present(): Map<string, string> {
  mkdirSync(join(ROOT, TARGET), { recursive: true })
  return new Map(readdirSync(join(ROOT, TARGET)).map((name) => [name, readFileSync(join(ROOT, TARGET, name), 'utf8')]))
}

const [wanted, found] = [await generated(), present()]
const stale = [...new Set([...wanted.keys(), ...found.keys()])].filter((name) => wanted.get(name) !== found.get(name))
if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    console.error(`${TARGET} is not what the API says: ${stale.join(', ')}. Mend it with: ${MEND}`)
    process.exitCode = 1
  }
} else {
  for (const name of stale) {
    const text = wanted.get(name)
    if (text === undefined) rmSync(join(ROOT, TARGET, name))
    else writeFileSync(join(ROOT, TARGET, name), text)
    console.log(`${TARGET}/${name} written`)
  }
}
