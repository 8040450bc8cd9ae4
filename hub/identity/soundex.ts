/**
 * American Soundex as the United States National Archives describe it (letters with the same code fall together also
 * across h and w). It groups what sounds alike into blocks; it never decides anything.
 */
const CODES = '01230120022455012623010202'

/** Four characters for a folded Latin name; names in other scripts give their first four letters. Empty for empty. */
export function soundex(name: string): string {
  const first = name.charCodeAt(0)
  if (!(first >= 97 && first <= 122)) return name.slice(0, 4)
  let code = name.charAt(0)
  let previous = CODES[first - 97] ?? '0'
  for (let at = 1; at < name.length && code.length < 4; at++) {
    const letter = name.charAt(at)
    if (letter === 'h' || letter === 'w') continue
    const digit = CODES[name.charCodeAt(at) - 97] ?? '0'
    if (digit !== '0' && digit !== previous) code += digit
    previous = digit
  }
  return code.padEnd(4, '0')
}
