import { UNKNOWN } from './comparison.ts'
import type { Comparison } from './comparison.ts'
import type { IdentityFeatures, OrganizationFeatures } from './features.ts'
import { FIELD } from './fields.ts'
import { jaroWinkler, oneSlipApart } from './jaro-winkler.ts'

const NAME = { same: 0, reordered: 1, close: 2, part: 3, similar: 4, different: 5 }
const CLOSE = 0.95
const SIMILAR = 0.88
const SLIP_LENGTH_MIN = 6
/** Mail providers: their domains belong to nobody. */
const FREE_MAIL = new Set(
  `gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com yahoo.co.uk icloud.com me.com aol.com gmx.de gmx.net
  web.de t-online.de mail.com mail.ru yandex.ru proton.me protonmail.com orange.fr free.fr wanadoo.fr libero.it bigpond.com
  optusnet.com.au comcast.net verizon.net att.net btinternet.com qq.com 163.com`.split(/\s+/),
)

/** The best pair of legal and trade names, and the domains of their e-mails. */
export function compareOrganizations(a: IdentityFeatures, b: IdentityFeatures, into: Comparison): void {
  const levels = into.levels
  let best = UNKNOWN
  for (const left of a.organizations ?? []) {
    for (const right of b.organizations ?? []) {
      const level = nameLevel(left, right)
      if (best !== UNKNOWN && level > best) continue
      const form = formLevel(left, right)
      const formBefore = levels[FIELD.legalForm] ?? UNKNOWN
      // Of equally good pairs the one whose forms agree counts, in whichever order the names stand.
      if (level !== best || formBefore === UNKNOWN || (form !== UNKNOWN && form < formBefore))
        levels[FIELD.legalForm] = form
      if (level === NAME.same && (into.name === undefined || left.tight < into.name)) into.name = left.tight
      best = level
    }
  }
  levels[FIELD.name] = best
  levels[FIELD.domain] = domainLevel(a.emails, b.emails)
}

function nameLevel(a: OrganizationFeatures, b: OrganizationFeatures): number {
  if (a.tight === b.tight) return NAME.same
  if (a.words.length > 1 && a.words.length === b.words.length && b.words.every((word) => a.words.includes(word)))
    return NAME.reordered
  // A word more or less is another company of the same group more often than a slip.
  const [fewer, more] = a.words.length <= b.words.length ? [a.words, b.words] : [b.words, a.words]
  if (fewer.length < more.length && fewer.every((word) => more.includes(word))) return NAME.part
  if (Math.min(a.tight.length, b.tight.length) >= SLIP_LENGTH_MIN && oneSlipApart(a.tight, b.tight)) return NAME.close
  const likeness = jaroWinkler(a.tight, b.tight)
  if (likeness >= CLOSE) return NAME.close
  return likeness >= SIMILAR ? NAME.similar : NAME.different
}

function formLevel(a: OrganizationFeatures, b: OrganizationFeatures): number {
  if (a.legalForm === undefined || b.legalForm === undefined) return UNKNOWN
  return a.legalForm === b.legalForm ? 0 : 1
}

function domainLevel(a: string[] | undefined, b: string[] | undefined): number {
  if (a === undefined || b === undefined) return UNKNOWN
  const left = a.map(domainOf).filter((domain) => !FREE_MAIL.has(domain))
  const right = b.map(domainOf).filter((domain) => !FREE_MAIL.has(domain))
  if (left.length === 0 || right.length === 0) return UNKNOWN
  return left.some((domain) => right.includes(domain)) ? 0 : 1
}

function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1)
}
