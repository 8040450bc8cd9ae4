import { canonicalId } from '../../fakes/salesforce/ids.ts'
import { crmId, ID_PREFIXES, type ServedTable } from './ids.ts'

test.each(Object.keys(ID_PREFIXES) as ServedTable[])(
  'Ids of the table %s are what Salesforce takes for one',
  (table) => {
    for (const number of [1, 42, 123_456_789]) expect(canonicalId(crmId(table, number))).toBe(crmId(table, number))
  },
)
