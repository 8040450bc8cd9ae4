/** docs/errors.md, from the codes found in the source. */
import type { ErrorCode } from './error-codes.ts'

/** Codes whose message is put together where no reader of the source can see it whole. */
const MEANINGS: Readonly<Record<string, string>> = {
  'bus.setting.invalid': 'A setting of the bus is wrong; the message says which and how.',
  'rule.case.invalid': 'A case of a rule is wrong; the message says where and how.',
  'system.config.invalid': 'A document in config/systems/ is wrong; the message says where and how.',
  'system.setting.invalid': 'A setting of a system is wrong; the message says which and how.',
  'workspace.system.invalid': 'A document in config/systems/ is wrong; the message says where and how.',
}

/** Codes with nothing said about them, in the source or above; and meanings above that nobody needs any more. */
export function unexplained(codes: readonly ErrorCode[]): string[] {
  const silent = codes.filter(({ code, meaning }) => meaning === undefined && MEANINGS[code] === undefined)
  const stale = Object.keys(MEANINGS).filter(
    (code) => !codes.some((one) => one.code === code && one.meaning === undefined),
  )
  return [
    ...silent.map(
      ({ code, file }) =>
        `${file}: the code ${code} has no message beside it, nor a comment on the function that makes it`,
    ),
    ...stale.map(
      (code) => `scripts/docs/error-page.ts: remove the meaning of ${code}; the source has one, or no such code`,
    ),
  ]
}

const STATUS_OF_FAMILY: Readonly<Record<string, number>> = { retry: 503, reject: 422, config: 500, bug: 500 }

export function errorPage(codes: readonly ErrorCode[]): string {
  const rooms = [...new Set(codes.map(({ code }) => roomOf(code)))]
  return [
    '# Error codes',
    '',
    '<!-- Made from the source of hub/ and connectors/ by `npm run docs`; mend a message where it is written. -->',
    '',
    'Each error of the hub has a code for programs, a family that says what the hub does about it, a message and, where there',
    'is one, a fix. Over HTTP it is problem+json (RFC 9457) with these members and the status below; parked changes and logs',
    'carry the same code. `…` stands for what the message fills in.',
    '',
    '| family | what it means |',
    '|---|---|',
    '| retry | The same may succeed later: something is away, busy or starting. The hub tries again; over HTTP so may you. |',
    '| reject | The input is wrong and stays wrong. It is answered or parked, never tried again as it is. |',
    '| config | Settings, a mapping or a rule are wrong; a person must change them. |',
    '| bug | The hub is wrong; its log has the details. |',
    '',
    ...rooms.flatMap((room) =>
      section(
        room,
        codes.filter(({ code }) => roomOf(code) === room),
      ),
    ),
  ].join('\n')
}

function roomOf(code: string): string {
  return code.split('.')[0] ?? code
}

function section(room: string, codes: readonly ErrorCode[]): string[] {
  return [
    `## ${room}`,
    '',
    '| code | family | what it says | what to do |',
    '|---|---|---|---|',
    ...codes.map(
      (one) => `| \`${one.code}\` | ${familyOf(one)} | ${cell(one.meaning ?? MEANINGS[one.code])} | ${cell(one.fix)} |`,
    ),
    '',
  ]
}

function familyOf({ family, status }: ErrorCode): string {
  const known = family === undefined ? undefined : STATUS_OF_FAMILY[family]
  return [family, status ?? known].filter((part) => part !== undefined).join(', ')
}

function cell(text: string | undefined): string {
  return (text ?? '').replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim()
}
