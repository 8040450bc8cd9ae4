/** Names that systems give to the time of the last change, the likeliest first. */
const NAMES = [
  /^(system_?mod_?stamp|row_?updated(_at)?)$/i,
  /^(last_?)?(updated?|modified|changed)(_?(at|on|date|time|timestamp|ts|dt))?$/i,
  /(updated?|modif(ied)?|chang(ed?)?)(_?(at|on|date|time|timestamp|ts|dt))$/i,
  /^(date|time|ts|dt)_?(of_?)?(last_?)?(updated?|modified|changed?)$/i,
]

/** The column that most likely tells when a row last changed; undefined where none looks like it. */
export function likelyWatermark(
  fields: readonly { name: string; type: string }[],
  isTime: (type: string) => boolean,
): string | undefined {
  const times = fields.filter((field) => isTime(field.type))
  for (const pattern of NAMES) {
    const found = times.find((field) => pattern.test(field.name))
    if (found) return found.name
  }
  return undefined
}
