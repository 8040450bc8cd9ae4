import type { CheckResult, EntityConfig } from '../../hub/contracts/connector.ts'
import { valueAt } from '../shared/json-path.ts'
import type { RestClient } from './client.ts'
import { type RestOptions, restOptions } from './options.ts'
import { ExpiredPlace, FIRST_PAGE, readPage } from './pages.ts'
import { scalarText } from './raw-json.ts'
import type { RestSettings } from './settings.ts'

/** Asks what the settings name as a check, and the first page of each entity, which takes the right to read it. */
export async function checkRest(
  client: RestClient,
  settings: RestSettings,
  entities: readonly EntityConfig[],
): Promise<CheckResult> {
  let serverVersion = 'HTTP API'
  if (settings.check !== undefined) {
    const { request, version } = settings.check
    const { raw, headers } = await client.ask(request, { lookup: () => undefined })
    const told = version === undefined ? undefined : scalarText(valueAt(raw, version))
    serverVersion = (told ?? headers.get('server') ?? serverVersion).slice(0, 100)
  }
  const warnings: string[] = []
  for (const entity of entities) {
    const options = restOptions(entity)
    const reading = { client, options, values: settings.values, list: options.list, since: undefined }
    await readPage(reading, FIRST_PAGE).catch((error: unknown) => {
      throw error instanceof ExpiredPlace ? error.told : error
    })
    warnings.push(...warningsOf(options).map((text) => `${options.entity}: ${text}`))
  }
  return { serverVersion, warnings }
}

function warningsOf(options: RestOptions): string[] {
  const warnings: string[] = []
  const { changes, deleted, get, page, update, lock } = options
  if (changes === undefined) warnings.push('each poll reads everything; name "changes" where the API can tell them')
  if (deleted === undefined) {
    const how = get === undefined ? 'name "deleted" or "get"' : 'a new snapshot finds them'
    warnings.push(`deleted records are not seen by polling; ${how}`)
  }
  if (page.style === 'number' || page.style === 'offset') {
    warnings.push('pages that are counted can skip a record when another one is deleted while they are read')
  }
  if (update !== undefined && lock === undefined) {
    warnings.push('without "lock" a change made between reading and writing is not noticed')
  }
  return warnings
}
