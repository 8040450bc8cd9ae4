import type { Row as SapRow, ServiceDefinition } from '../../fakes/sap/definition.ts'
import { SapRefusal } from '../../fakes/sap/refusal.ts'
import type { Table } from '../../fakes/sap/store.ts'
import { compactDate, NO_DATE } from '../../systems/erp/forms.ts'
import { orderColumns, orderRows, amountsOf } from './records.ts'

const PLACED = '10'
/** Room of the column for quantities, which are whole. */
const QUANTITY_MAX = 9_999_999

/**
 * Lets the order service take new orders as this ERP knows them: one item, of a material that there is, for a partner that there
 * is; prices are the ERP's own, whatever the order says.
 */
export function takeOrders(services: readonly ServiceDefinition[], partners: () => Table): void {
  const set = services.flatMap(({ sets }) => sets).find(({ name }) => name === 'A_SalesOrder')
  if (set === undefined) return
  for (const navigation of set.navigations ?? []) navigation.max = 1
  set.derive = (order, brought) => {
    const [item] = brought.get('to_Item') ?? []
    if (item === undefined) throw new SapRefusal(400, 'V1/555', 'Enter at least one item')
    checkParty(order, partners())
    const quantity = Number(item.RequestedQuantity)
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > QUANTITY_MAX) {
      throw new SapRefusal(400, 'V1/381', 'The quantity must be a whole number of pieces')
    }
    if (amountsOf(String(item.Material), quantity) === undefined) {
      throw new SapRefusal(400, 'V1/382', `Material ${String(item.Material)} is not defined`)
    }
    const { VBAK = [], VBAP = [] } = rowsOf(order, item)
    Object.assign(order, VBAK[0])
    Object.assign(item, VBAP[0])
  }
}

function checkParty(order: SapRow, partners: Table): void {
  const partner = partners.get(partners.keyOf({ BusinessPartner: String(order.SoldToParty ?? '') }))
  if (partner !== undefined && partner.IsMarkedForArchiving !== true) return
  throw new SapRefusal(400, 'VP/204', `Customer ${String(order.SoldToParty)} does not exist`)
}

/** As the order will look once the database has it. */
function rowsOf(order: SapRow, item: SapRow): ReturnType<typeof orderRows> {
  const now = new Date().toISOString()
  const [day, clock] = [compactDate(now.slice(0, 10)), now.slice(11, 19).replaceAll(':', '')]
  const stamps = { ERDAT: day, ERZET: clock, WADAT: NO_DATE, AEDTM: `${day}${clock}` }
  return orderRows({ ...orderColumns(order, item), WAERK: 'GBP', STATU: PLACED, ...stamps })
}
