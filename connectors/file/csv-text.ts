/** One row with its line end (RFC 4180). null is written as nothing, the empty text as two quotes. */
export function stringifyRow(values: readonly (string | null)[], delimiter: string, quote = '"'): string {
  const texts = values.map((value) => {
    if (value === null) return ''
    const isPlain = value !== '' && ![delimiter, quote, '\r', '\n'].some((each) => value.includes(each))
    // Blanks at the ends are lost in some readers unless they are quoted.
    return isPlain && value.trim() === value ? value : quote + value.replaceAll(quote, quote + quote) + quote
  })
  return `${texts.join(delimiter)}\r\n`
}
