const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'

/** Whether the text has the form of an Id: 15 characters, or 18 of which the last three repeat the case of the others. */
export function isId(text: string): boolean {
  if (!/^[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?$/.test(text)) return false
  return text.length === 15 || text.slice(15) === suffixOf(text)
}

/** Each of the three characters is five bits: which of five characters are capitals. */
function suffixOf(text: string): string {
  return [0, 5, 10]
    .map((start) => {
      let bits = 0
      for (let at = 0; at < 5; at += 1) if (/[A-Z]/.test(text.charAt(start + at))) bits |= 1 << at
      return SUFFIX.charAt(bits)
    })
    .join('')
}
