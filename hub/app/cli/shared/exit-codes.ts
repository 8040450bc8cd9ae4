import type { HubError } from '../../../contracts/hub-error.ts'

/** Exit codes, the same for all commands. Scripts rely on them. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  away: 3,
  denied: 4,
  bug: 70,
  interrupted: 130,
} as const

export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'done; what was checked is right',
  failed: 'the input is wrong, or what was checked is: the message says what and where',
  usage: 'the command line itself is wrong',
  away: 'the hub or the database could not be reached, or asks to try again',
  denied: 'the hub refused the key, or its role may not do this',
  bug: 'the program made an error',
  interrupted: 'interrupted by Ctrl-C',
}

export function exitCodeOf(error: HubError): number {
  if (error.family === 'bug') return EXIT.bug
  if (error.code.startsWith('cli.usage.')) return EXIT.usage
  if (error.status === 401 || error.status === 403) return EXIT.denied
  return error.family === 'retry' ? EXIT.away : EXIT.failed
}
