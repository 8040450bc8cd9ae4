/**
 * Writes the pages of docs/ that are made from the source (commands, settings, keys and roles, error codes, connectors),
 * the generated part of each connector's README, and what editors know of connectors (schemas/config/system.schema.json).
 *
 *   npm run docs                             writes
 *   node scripts/generate-docs.ts --check    compares, and fails when a page is stale or a code has no message
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { cliPage } from '../hub/app/cli/cli-page.ts'
import { settingsPage } from '../hub/app/settings-page.ts'
import { securityPage } from '../hub/security/security-page.ts'
import { CONNECTORS } from '../connectors/index.ts'
import { connectorPages } from './docs/connector-pages.ts'
import { withConnectorSchemas } from './docs/connector-schemas.ts'
import { findErrorCodes } from './docs/error-codes.ts'
import { errorPage, unexplained } from './docs/error-page.ts'
import { withGeneratedPart } from './docs/generated-part.ts'
import { soapPart } from './docs/soap-part.ts'
import { hubSources, ROOT } from './docs/sources.ts'

function read(path: string): string | undefined {
  try {
    return readFileSync(join(ROOT, path), 'utf8')
  } catch {
    return undefined
  }
}

const SOAP_PAGE = 'docs/channel-developers/soap.md'
const SYSTEM_SCHEMA = 'schemas/config/system.schema.json'
const codes = findErrorCodes(hubSources())
const connectors = connectorPages(read)
const pages: Record<string, string> = {
  'docs/errors.md': errorPage(codes),
  'docs/operators/cli.md': cliPage(),
  'docs/operators/settings.md': settingsPage(),
  'docs/operators/security.md': securityPage(),
  [SOAP_PAGE]: withGeneratedPart(read(SOAP_PAGE) ?? '', soapPart(codes)),
  ...connectors.pages,
  [SYSTEM_SCHEMA]: withConnectorSchemas(read(SYSTEM_SCHEMA) ?? '{}', CONNECTORS),
}
const faults = [...unexplained(codes), ...connectors.faults]
const style = await resolveConfig(join(ROOT, 'docs/errors.md'))
for (const [path, text] of Object.entries(pages)) {
  const page = await format(text, { ...style, parser: path.endsWith('.json') ? 'json' : 'markdown' })
  if (read(path) === page) continue
  if (process.argv.includes('--check')) faults.push(`${path} is stale; mend it with: npm run docs`)
  else {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true })
    writeFileSync(join(ROOT, path), page)
    console.log(`${path} written`)
  }
}
for (const fault of faults) console.log(fault)
process.exitCode = faults.length === 0 ? 0 : 1
