import { billing } from './billing/billing.ts'
import { crm } from './crm/crm.ts'
import { erp } from './erp/erp.ts'
import { inventory } from './inventory/inventory.ts'
import type { DemoSystem } from './system.ts'

/** The company's legacy systems. */
export const DEMO_SYSTEMS: readonly DemoSystem[] = [crm, erp, billing, inventory]
