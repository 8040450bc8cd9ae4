import { COUNTRY_CONVERSIONS } from './country.ts'
import { DATE_CONVERSIONS } from './dates.ts'
import { LIST_CONVERSIONS } from './lists.ts'
import { LOOKUP_CONVERSIONS } from './lookups.ts'
import { NUMBER_CONVERSIONS } from './numbers.ts'
import type { ConversionDefinition } from './options.ts'
import { PHONE_CONVERSIONS } from './phone.ts'
import { TEXT_CONVERSIONS } from './text.ts'

/** Every conversion by its name. The JSON Schema, the documentation and the messages of the reader come from here. */
export const CONVERSIONS: ReadonlyMap<string, ConversionDefinition> = new Map(
  [
    ...TEXT_CONVERSIONS,
    ...LIST_CONVERSIONS,
    ...LOOKUP_CONVERSIONS,
    ...NUMBER_CONVERSIONS,
    ...DATE_CONVERSIONS,
    ...PHONE_CONVERSIONS,
    ...COUNTRY_CONVERSIONS,
  ].map((definition) => [definition.name, definition]),
)
