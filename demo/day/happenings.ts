import { churn, cleanUp, correction, marriage, move, newMobile, newcomer } from './people-happenings.ts'
import {
  caseSolved,
  consentChanged,
  contactMade,
  invoice,
  offerTurned,
  order,
  orderStep,
  payment,
  stockMoved,
} from './trade-happenings.ts'
import type { World } from './world.ts'

/** What can happen, and how often beside the others. */
export const HAPPENINGS: Readonly<Record<string, { weight: number; happen: (world: World) => Promise<void> }>> = {
  invoice: { weight: 16, happen: invoice },
  payment: { weight: 16, happen: payment },
  order: { weight: 9, happen: order },
  'order step': { weight: 12, happen: orderStep },
  'contact made': { weight: 18, happen: contactMade },
  'case solved': { weight: 6, happen: caseSolved },
  'consent changed': { weight: 4, happen: consentChanged },
  'stock moved': { weight: 8, happen: stockMoved },
  'offer turned': { weight: 0.5, happen: offerTurned },
  correction: { weight: 5, happen: correction },
  move: { weight: 4, happen: move },
  'new mobile': { weight: 2, happen: newMobile },
  marriage: { weight: 1, happen: marriage },
  newcomer: { weight: 4, happen: newcomer },
  churn: { weight: 1, happen: churn },
  'clean-up': { weight: 1, happen: cleanUp },
}
