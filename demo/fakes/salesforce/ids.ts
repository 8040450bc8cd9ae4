/** Record Ids: three characters that name the object, twelve that count, three that make them safe where case is lost. */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'

export function makeId(keyPrefix: string, number: number): string {
  let text = ''
  for (let rest = number; text.length < 9; rest = Math.floor(rest / DIGITS.length)) {
    text = (DIGITS[rest % DIGITS.length] ?? '0') + text
  }
  return longId(`${keyPrefix}0K0${text}`)
}

/** The form of 18 characters of an Id of 15 or 18; undefined for what is none. */
export function canonicalId(text: string): string | undefined {
  if (!/^[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?$/.test(text)) return undefined
  const id = longId(text.slice(0, 15))
  return text.length === 15 || text === id ? id : undefined
}

function longId(short: string): string {
  const suffix = [0, 5, 10].map((start) => {
    let bits = 0
    for (let at = 0; at < 5; at += 1) if (/[A-Z]/.test(short.charAt(start + at))) bits |= 1 << at
    return SUFFIX.charAt(bits)
  })
  return short + suffix.join('')
}
