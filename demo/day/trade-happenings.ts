/** What happens between the company and its customers: orders, invoices, payments, calls, cases, consents, stock. */
import { addDays } from '../company/calendar.ts'
import { OFFERS, PRODUCTS } from '../company/catalogue.ts'
import { TERMS_DAYS, invoiceAmounts, paymentRow } from '../systems/billing/money.ts'
import { AGENTS, CASE_SUBJECTS } from '../systems/crm/service.ts'
import { compactDate } from '../systems/erp/forms.ts'
import { orderAmounts } from '../systems/erp/orders.ts'
import { someCustomer, somePerson, type World } from './world.ts'

export async function invoice(world: World): Promise<void> {
  const { databases, random } = world
  const customer = someCustomer(world, 'billing')
  const account = customer && world.records.in(customer, 'billing')
  if (!account) return
  const total = random.pick([2_999, 3_650, 3_899, 4_499, 5_400, 6_249])
  const written = await databases.insert('billing', 'invoice', {
    account_no: account.key,
    ...invoiceAmounts(total),
    open_cents: total,
    due: addDays(world.today(), TERMS_DAYS),
    period_from: addDays(world.today(), -30),
    period_to: addDays(world.today(), -1),
  })
  if (!written) return
  await databases.write(
    'billing',
    'UPDATE credit_standing SET balance_cents = balance_cents + $2 WHERE account_no = $1',
    [account.key, total],
  )
}

/** Pays one of the open invoices, mostly in full. */
export async function payment(world: World): Promise<void> {
  const { databases, random } = world
  if (!databases.hasRoom('billing', 'payment')) return
  const [open] = await databases.read(
    'billing',
    `SELECT invoice_no, account_no, open_cents FROM invoice WHERE state IN ('O', 'D')
     ORDER BY invoice_no OFFSET floor($1::float8 * (SELECT count(*) FROM invoice WHERE state IN ('O', 'D'))) LIMIT 1`,
    [random.unit()],
  )
  if (!open) return
  const owed = Number(open.open_cents)
  const paid = random.chance(0.9) ? owed : Math.ceil(owed / 2)
  const [account_no, invoice_no] = [open.account_no ?? null, Number(open.invoice_no)]
  await databases.insert('billing', 'payment', {
    account_no,
    invoice_no,
    ...paymentRow(paid, random.pick(['DD', 'DD', 'CC', 'BT']), invoice_no),
  })
  await databases.updateRow(
    'billing',
    'invoice',
    { invoice_no },
    { open_cents: owed - paid, state: paid === owed ? 'P' : 'O' },
  )
  await databases.write(
    'billing',
    'UPDATE credit_standing SET balance_cents = balance_cents - $2 WHERE account_no = $1',
    [account_no, paid],
  )
}

export async function order(world: World): Promise<void> {
  const { databases, random } = world
  const customer = someCustomer(world, 'erp')
  const partner = customer && world.records.in(customer, 'erp')
  if (!partner) return
  // An earlier day may have archived the partner.
  const there = await databases.read('erp', 'SELECT 1 FROM "PARTNR" WHERE "PARNR" = $1', [partner.key])
  if (there.length === 0) return
  const sold = PRODUCTS.filter((product) => !product.withdrawn)
  const quantity = random.chance(0.06) ? -1 : random.chance(0.1) ? 2 : 1
  await databases.insert('erp', 'AUFTRG', { PARNR: partner.key, ...orderAmounts(random.pick(sold).sku, quantity) })
}

/** One of the orders under way goes a step on. */
export async function orderStep(world: World): Promise<void> {
  await world.databases.write(
    'erp',
    `UPDATE "AUFTRG" SET
       "STATU" = CASE "STATU" WHEN '10' THEN '20' WHEN '20' THEN '30' ELSE '40' END,
       "WADAT" = CASE "STATU" WHEN '20' THEN $2 ELSE "WADAT" END
     WHERE "AUFNR" = (
       SELECT "AUFNR" FROM "AUFTRG" WHERE "STATU" IN ('10', '20', '30') ORDER BY "AUFNR"
       OFFSET floor($1::float8 * (SELECT count(*) FROM "AUFTRG" WHERE "STATU" IN ('10', '20', '30'))) LIMIT 1)`,
    [world.random.unit(), compactDate(world.today())],
  )
}

/** A call, chat or letter; one in four becomes a case. */
export async function contactMade(world: World): Promise<void> {
  const { databases, random } = world
  const person = somePerson(world, 'crm')
  const contact = person && world.records.in(person, 'crm')
  if (contact?.entity !== 'Contact') return
  const about = random.pick(CASE_SUBJECTS)
  const opened = random.chance(0.25)
    ? await databases.insert('crm', 'support_case', {
        contact_id: contact.key,
        subject: about.subject,
        details: about.details,
        type: about.type,
        priority: random.pick(['Low', 'Medium', 'Medium', 'High']),
        origin: random.pick(['Phone', 'Web', 'Email', 'Chat']),
        owner: random.pick(AGENTS),
      })
    : undefined
  const type = random.pick(['Call', 'Call', 'Email', 'Chat', 'SMS'])
  await databases.insert('crm', 'activity', {
    contact_id: contact.key,
    case_id: opened?.id ?? null,
    type,
    direction: random.pick(['Inbound', 'Inbound', 'Outbound']),
    subject: about.subject,
    agent: random.pick(AGENTS),
    duration_seconds: type === 'Call' || type === 'Chat' ? random.int(20, 1_800) : null,
  })
}

export async function caseSolved(world: World): Promise<void> {
  await world.databases.write(
    'crm',
    `UPDATE support_case SET status = 'Solved', closed_at = clock_timestamp(), resolution = $2
     WHERE id = (
       SELECT id FROM support_case WHERE closed_at IS NULL AND NOT is_deleted ORDER BY id
       OFFSET floor($1::float8 * (SELECT count(*) FROM support_case WHERE closed_at IS NULL AND NOT is_deleted)) LIMIT 1)`,
    [world.random.unit(), world.random.pick(CASE_SUBJECTS).resolution],
  )
}

/** Somebody changes their mind: what was granted is withdrawn, what was not is granted. */
export async function consentChanged(world: World): Promise<void> {
  await world.databases.write(
    'crm',
    `UPDATE consent SET withdrawn = opted_in AND NOT withdrawn, opted_in = true, captured_at = clock_timestamp(), captured_by = $2
     WHERE id = (SELECT id FROM consent ORDER BY id OFFSET floor($1::float8 * (SELECT count(*) FROM consent)) LIMIT 1)`,
    [world.random.unit(), world.random.pick(AGENTS)],
  )
}

/** Goods leave a shelf; an empty one is filled. */
export async function stockMoved(world: World): Promise<void> {
  await world.databases.write(
    'inventory',
    `UPDATE stock_level SET
       on_hand = CASE WHEN on_hand <= reorder_point THEN on_hand + 100 ELSE greatest(on_hand - $2::int, 0) END,
       on_order = CASE WHEN on_hand <= reorder_point THEN 0 ELSE on_order END,
       counted_at = clock_timestamp()
     WHERE (material, warehouse) = (SELECT material, warehouse FROM stock_level ORDER BY material, warehouse
       OFFSET floor($1::float8 * (SELECT count(*) FROM stock_level)) LIMIT 1)`,
    [world.random.unit(), world.random.int(1, 12)],
  )
}

/** Marketing turns an offer off or on again. */
export async function offerTurned(world: World): Promise<void> {
  await world.databases.write(
    'inventory',
    `UPDATE offer SET state = CASE state WHEN 'OPEN' THEN 'PAUSED' ELSE 'OPEN' END WHERE offer_code = $1 AND state <> 'ENDED'`,
    [world.random.pick(OFFERS).code],
  )
}
