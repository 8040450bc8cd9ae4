import type { Checkpoint, Page } from '../../../hub/contracts/connector.ts'
import { isJsonObject, type Json } from '../../../hub/contracts/json.ts'
import { settingsError } from '../../shared/errors.ts'
import { pollTable } from '../../shared/table-poll.ts'
import { tableOptions, type TableOptions } from '../../shared/table-options.ts'
import type { ODataOptions } from '../entity-options.ts'
import type { ODataService } from './service.ts'
import { ODataSource } from './source.ts'
import { lookBackSeconds } from './watermark.ts'
import { propertyOf } from './service.ts'

/** Base64 of whole entries (14 bytes each), so that two memories and the rest stay below 64 KiB. */
const SEEN_CHARACTERS_MAX = 504 * 56

/** The reading options that snapshots and polls of tables share with those of entity sets. */
export function asTable(
  options: Pick<ODataOptions, 'entity' | 'pageSize' | 'deletedWhen'>,
  lookBack = 0,
): TableOptions {
  const plain = tableOptions({ entity: options.entity, options: {} })
  return { ...plain, pageSize: options.pageSize, deletedWhen: options.deletedWhen, lookBackSeconds: lookBack }
}

/**
 * One pass over what changed, by the change fields, and after that by the creation fields: in many sets the change fields
 * are empty until a record is changed for the first time, so that polling by them alone would never see new records.
 */
export async function* pollByChange(
  service: ODataService,
  options: ODataOptions,
  now: () => number,
  checkpoint: Checkpoint | null,
): AsyncGenerator<Page> {
  if (options.changeFields.length === 0) {
    throw settingsError('Polling needs to know how changes are found.', {
      where: `${options.where}/changeFields`,
      fix: 'Name the change fields, or write follow: delta or follow: scan.',
    })
  }
  const tracks = [options.changeFields, options.createFields].filter((fields) => fields.length > 0)
  let places = checkpoint === null ? tracks.map(() => null) : placesOf(checkpoint, tracks.length, options)
  const first = checkpoint === null
  for (const [at, fields] of tracks.entries()) {
    const source = await ODataSource.open(service, options, fields)
    const watermark = fields.map((name) => propertyOf(source.type, name, options, 'changeFields'))
    const table = asTable(options, lookBackSeconds(watermark, options))
    for await (const page of pollTable(source, table, now, places[at] ?? null)) {
      places = places.with(
        at,
        page.checkpoint === null ? (places[at] ?? null) : bounded(page.checkpoint, tracks.length),
      )
      // Without a place for each track there is none to go on from.
      if (!first || at === tracks.length - 1) yield { ...page, checkpoint: { tracks: places } }
    }
  }
}

function placesOf(checkpoint: Checkpoint, count: number, { entity }: ODataOptions): (Checkpoint | null)[] {
  const { tracks } = checkpoint
  const isPlaces =
    Array.isArray(tracks) && tracks.length === count && tracks.every((place: Json) => isJsonObject(place))
  if (isPlaces) return tracks as Checkpoint[]
  throw settingsError(`The stored position of polling "${entity}" is not one of these change fields.`, {
    fix: 'Reset the position; the next start takes a snapshot.',
  })
}

/** What is forgotten comes again under the same version while it is in the window. */
function bounded(place: Checkpoint, tracks: number): Checkpoint {
  const { seen } = place
  if (tracks === 1 || typeof seen !== 'string' || seen.length <= SEEN_CHARACTERS_MAX) return place
  return { ...place, seen: seen.slice(0, SEEN_CHARACTERS_MAX) }
}
