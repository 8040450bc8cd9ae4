/** What happens with customers in the CRM: cases, activities, consents. */
import { addDays, dateBetween, officeHour } from '../../company/calendar.ts'
import type { Random } from '../../company/random.ts'
import type { Row } from '../system.ts'

export const CASE_SUBJECTS: readonly { subject: string; type: string; details: string; resolution: string }[] = [
  subject(
    'No signal on all channels',
    'Problem',
    'The picture froze, then nothing.',
    'Amplifier in the street exchanged.',
  ),
  subject('Broadband slow in the evening', 'Problem', 'Fast at noon, slow after seven.', 'Moved to another segment.'),
  subject('Router restarts by itself', 'Problem', 'Several times a day.', 'Power supply exchanged.'),
  subject('Invoice higher than expected', 'Question', 'Why is there a call-out fee?', 'Fee explained.'),
  subject('Complaint about a missed appointment', 'Complaint', 'Waited all morning.', 'Apology and credit.'),
  subject('Wants to change the plan', 'Request', 'Something faster, please.', 'Plan changed.'),
  subject('Remote control lost', 'Request', 'Needs a new one.', 'Sent by post.'),
  subject('Move to a new address', 'Request', 'Moving at the end of the month.', 'Service moved.'),
]

export const AGENTS: readonly string[] = ['a.birch', 'j.lowe', 'm.sethi', 'k.orr', 'd.pryce', 's.nwosu']
const ACTIVITY_TYPES = { Call: 6, Email: 4, Chat: 3, Visit: 1, Letter: 1, SMS: 1 }
const PURPOSES = ['Marketing', 'Surveys', 'Service notices', 'Partner offers']
const CHANNELS = ['Email', 'Phone', 'SMS', 'Post']

/** Up to two cases of a contact; rows without id. */
export function makeCases(contactId: string, since: string, asOf: string, random: Random): Row[] {
  if (!random.chance(0.22)) return []
  return Array.from({ length: random.chance(0.25) ? 2 : 1 }, () => makeCase(contactId, since, asOf, random))
}

function makeCase(contactId: string, since: string, asOf: string, random: Random): Row {
  const { subject, type, details, resolution } = random.pick(CASE_SUBJECTS)
  const opened = dateBetween(random, later(since, addDays(asOf, -900)), asOf)
  const open = opened > addDays(asOf, -21) && random.chance(0.6)
  const closed = open ? null : dateBetween(random, opened, earlier(addDays(opened, 20), asOf))
  const closedAt = closed ? `${closed}T19:${String(random.int(10, 59))}:00Z` : null
  const openedAt = `${opened}T${officeHour(random)}Z`
  return {
    contact_id: contactId,
    subject,
    details: random.chance(0.7) ? details : null,
    type,
    priority: random.weighted({ Low: 2, Medium: 6, High: 2, Critical: 1 }),
    status: open ? random.pick(['New', 'In progress', 'Waiting for customer']) : random.pick(['Solved', 'Closed']),
    origin: random.pick(['Phone', 'Web', 'Email', 'Chat']),
    owner: random.pick(AGENTS),
    opened_at: openedAt,
    closed_at: closedAt,
    resolution: open ? null : resolution,
    updated_at: closedAt ?? openedAt,
  }
}

/** Up to four activities of a contact; rows without id. */
export function makeActivities(contactId: string, since: string, asOf: string, random: Random): Row[] {
  const count = Number(random.weighted({ '0': 45, '1': 25, '2': 18, '4': 6 }))
  return Array.from({ length: count }, () => {
    const type = random.weighted(ACTIVITY_TYPES)
    const startedAt = `${dateBetween(random, later(since, addDays(asOf, -500)), asOf)}T${officeHour(random)}Z`
    return {
      contact_id: contactId,
      type,
      direction: random.pick(['Inbound', 'Outbound']),
      subject: random.pick(CASE_SUBJECTS).subject,
      agent: random.pick(AGENTS),
      started_at: startedAt,
      duration_seconds: type === 'Call' || type === 'Chat' ? random.int(20, 1_800) : null,
      updated_at: startedAt,
    }
  })
}

/** Up to three consents of a contact, no two for the same purpose; rows without id. */
export function makeConsents(contactId: string, since: string, random: Random): Row[] {
  const count = Number(random.weighted({ '0': 45, '1': 35, '2': 15, '3': 5 }))
  const first = random.int(0, PURPOSES.length - 1)
  return Array.from({ length: count }, (_, index) => {
    const capturedAt = `${since}T${officeHour(random)}Z`
    const optedIn = random.chance(0.65)
    return {
      contact_id: contactId,
      purpose: PURPOSES[(first + index) % PURPOSES.length] ?? 'Marketing',
      channel: random.pick(CHANNELS),
      opted_in: optedIn,
      withdrawn: optedIn && random.chance(0.1),
      captured_at: capturedAt,
      captured_by: random.chance(0.5) ? random.pick(AGENTS) : null,
      updated_at: capturedAt,
    }
  })
}

function later(a: string, b: string): string {
  return a > b ? a : b
}

function earlier(a: string, b: string): string {
  return a < b ? a : b
}

function subject(text: string, type: string, details: string, resolution: string) {
  return { subject: text, type, details, resolution }
}
