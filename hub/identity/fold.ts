/**
 * Text is compared in one plain form: lower case, Latin letters without diacritics, no punctuation. Letters of other
 * scripts stay as they are. NFKD takes accents off; the letters below are their own in Unicode and need a table.
 */
const SPECIAL_LETTERS: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ħ: 'h',
  ŋ: 'n',
}
const SPECIAL_LETTER = new RegExp(`[${Object.keys(SPECIAL_LETTERS).join('')}]`, 'gu')
const APOSTROPHES = /['’‘`´ʼ]/gu

/** Words of folded letters and digits with one blank between them: `O'Brien-Müller ` gives `obrien muller`. */
export function foldWords(text: string): string {
  if (isPlainAscii(text)) return foldAscii(text)
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}+/gu, '')
    .replace(SPECIAL_LETTER, (letter) => SPECIAL_LETTERS[letter] ?? letter)
    .replace(APOSTROPHES, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** As foldWords, without the blanks: names and streets are compared so, because blanks are lost and added so often. */
export function foldTight(text: string): string {
  return foldWords(text).replaceAll(' ', '')
}

/** Letters and digits in upper case, for identifiers: `de 123-456` gives `DE123456`. */
export function foldIdentifier(text: string): string {
  return foldTight(text).toUpperCase()
}

function isPlainAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false
  return true
}

/** The common case without regular expressions: most records of most companies are plain ASCII. */
function foldAscii(text: string): string {
  let folded = ''
  let gap = false
  for (let at = 0; at < text.length; at++) {
    let code = text.charCodeAt(at)
    if (code >= 65 && code <= 90) code += 32
    if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) {
      if (gap && folded !== '') folded += ' '
      gap = false
      folded += String.fromCharCode(code)
    } else if (code !== 39 && code !== 96) gap = true
  }
  return folded
}
