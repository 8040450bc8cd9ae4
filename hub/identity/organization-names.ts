import { foldWords } from './fold.ts'

/**
 * Legal forms as customers and clerks write them, folded, each with the form it stands for: spelling a form out is no
 * difference. Several words are tried before one. Common knowledge of company law, not complete, and need not be: an
 * unknown form stays a word of the name.
 */
const FORMS = new Map<string, string>(
  Object.entries({
    'pty ltd': 'ltd',
    'pty limited': 'ltd',
    'proprietary limited': 'ltd',
    'private limited': 'ltd',
    'pvt ltd': 'ltd',
    'pte ltd': 'ltd',
    'co ltd': 'ltd',
    'company limited': 'ltd',
    ltd: 'ltd',
    limited: 'ltd',
    ltda: 'ltd',
    pty: 'ltd',
    inc: 'inc',
    incorporated: 'inc',
    corp: 'inc',
    corporation: 'inc',
    llc: 'llc',
    'l l c': 'llc',
    llp: 'llp',
    lp: 'lp',
    plc: 'plc',
    'public limited company': 'plc',
    gmbh: 'gmbh',
    'g m b h': 'gmbh',
    'gesellschaft mit beschrankter haftung': 'gmbh',
    'gmbh co kg': 'gmbh-kg',
    'gmbh und co kg': 'gmbh-kg',
    ag: 'ag',
    aktiengesellschaft: 'ag',
    kg: 'kg',
    ohg: 'ohg',
    ug: 'ug',
    'e k': 'ek',
    ek: 'ek',
    ev: 'ev',
    'e v': 'ev',
    sa: 'sa',
    's a': 'sa',
    sas: 'sas',
    's a s': 'sas',
    sarl: 'sarl',
    's a r l': 'sarl',
    spa: 'spa',
    's p a': 'spa',
    srl: 'srl',
    's r l': 'srl',
    sl: 'sl',
    's l': 'sl',
    bv: 'bv',
    'b v': 'bv',
    nv: 'nv',
    'n v': 'nv',
    ab: 'ab',
    aktiebolag: 'ab',
    as: 'as',
    'a s': 'as',
    aps: 'aps',
    oy: 'oy',
    oyj: 'oyj',
    kft: 'kft',
    'sp z o o': 'spzoo',
    spzoo: 'spzoo',
    sro: 'sro',
    's r o': 'sro',
    kk: 'kk',
    'kabushiki kaisha': 'kk',
    'sdn bhd': 'sdnbhd',
    bhd: 'bhd',
  }),
)
const FORM_WORDS_MAX = 4
/** Written or left out at will. */
const IDLE_WORDS = new Set([
  'the',
  'and',
  'und',
  'et',
  'y',
  'e',
  'of',
  'de',
  'der',
  'die',
  'das',
  'la',
  'le',
  'co',
  'company',
])

export interface OrganizationName {
  /** Words that carry the name, in their order. */
  words: string[]
  legalForm: string | undefined
}

/** `The Smith & Sons Pty. Limited` gives words `smith sons`, form `ltd`. A name made of idle words alone keeps them. */
export function parseOrganizationName(text: string): OrganizationName {
  let words = foldWords(text)
    .split(' ')
    .filter((word) => word !== '')
  let legalForm: string | undefined
  for (let length = Math.min(FORM_WORDS_MAX, words.length - 1); length > 0; length--) {
    const form = FORMS.get(words.slice(-length).join(' '))
    if (form === undefined) continue
    legalForm = form
    words = words.slice(0, -length)
    break
  }
  const carrying = words.filter((word) => !IDLE_WORDS.has(word))
  return { words: carrying.length > 0 ? carrying : words, legalForm }
}

/** A legal form by itself, as `organization.legalForm` gives it. */
export function parseLegalForm(text: string): string | undefined {
  const folded = foldWords(text)
  return folded === '' ? undefined : (FORMS.get(folded) ?? folded)
}
