/**
 * Topic patterns as AMQP 0-9-1 defines them: words between dots, `*` stands for one word, `#` for any number of words.
 * The embedded bus routes with this; RabbitMQ's consumers use it to drop what an older binding of their group still brings.
 */
export function topicMatcher(pattern: string): (key: string) => boolean {
  const words = pattern.split('.')
  if (!words.includes('#')) return (key) => matchesPlain(words, key.split('.'))
  return (key) => matchesWithHash(words, key.split('.'))
}

function matchesPlain(pattern: readonly string[], key: readonly string[]): boolean {
  return pattern.length === key.length && pattern.every((word, at) => word === '*' || word === key[at])
}

// `reached[k]` says whether the pattern read so far can stand for the first k words: linear in pattern times key, so
// that no pattern of many hashes can make the hub slow.
function matchesWithHash(pattern: readonly string[], key: readonly string[]): boolean {
  let reached = [true, ...key.map(() => false)]
  for (const word of pattern) {
    const next = reached.map(() => false)
    for (let at = 0; at <= key.length; at++) {
      if (word === '#') next[at] = reached[at] === true || (at > 0 && next[at - 1] === true)
      else next[at] = at > 0 && reached[at - 1] === true && (word === '*' || word === key[at - 1])
    }
    reached = next
  }
  return reached[key.length] === true
}
