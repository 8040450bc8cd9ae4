import { HubError } from '../../contracts/hub-error.ts'

const WORDS_MAX = 10

/** Each word as the beginning of one, all of them: PostgreSQL takes a quoted word apart as it did the stored text. */
export function searchQuery(folded: string): string {
  const words = folded.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word))
  if (words.length === 0 || words.length > WORDS_MAX) throw notLike('q', `1 to ${WORDS_MAX} words of letters or digits`)
  return words.map((word) => `'${word.replaceAll(/['\\]/g, '$&$&')}':*`).join(' & ')
}

export function notLike(name: string, what: string): HubError {
  return new HubError({
    code: 'request.query.invalid',
    family: 'reject',
    status: 400,
    message: `The parameter \`${name}\` must be ${what}.`,
    where: `?${name}`,
  })
}
