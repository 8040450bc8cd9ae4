import { describe, expect, test } from '@jest/globals'
import { HubError } from '../contracts/hub-error.ts'
import { createLog, type HubLog, laneFact, type LogFacts } from './log.ts'

function captured(level: 'debug' | 'info' = 'debug'): {
  log: HubLog
  lines: () => Record<string, unknown>[]
  text: () => string
} {
  const written: string[] = []
  const log = createLog(level, { write: (line: string) => void written.push(line) })
  return {
    log,
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
    text: () => written.join(''),
  }
}

const PERSON = {
  Id: '003A1',
  FirstName: 'Wilhelmina',
  LastName: "O'Shaughnessy",
  Email: 'wilhelmina@example.com',
  Phone: '+61 2 5550 1234',
  Mobile: '0412-345-678',
  BirthDate: '1971-03-12',
  TaxFileNumber: '123 456 782',
  Card: '4111111111111111',
  Street: '12 Murrumbidgee Road',
}
const SECRETS = {
  password: 'hunter2',
  authorization: 'Bearer omni_abcdefghijkl_0123456789abcdefghij0123456789abcdefghijABC',
  databaseUrl: 'postgres://hub:hunter2@db/hub',
}
const SENSITIVE = [...Object.values(PERSON), 'hunter2', '0123456789abcdefghij0123456789abcdefghijABC']

function expectNothingSensitive(text: string): void {
  for (const value of SENSITIVE) expect(text).not.toContain(value)
}

describe('The log', () => {
  test('shows facts that the hub itself gave', () => {
    const { log, lines } = captured()
    log.child({ system: 'crm' }).info({ entity: 'Contact', changes: 12, ms: 3.5 }, 'A batch was applied.')
    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.any(String),
        system: 'crm',
        entity: 'Contact',
        changes: 12,
        ms: 3.5,
        msg: 'A batch was applied.',
      },
    ])
  })

  test('shows nothing below its level', () => {
    const { log, lines } = captured('info')
    log.debug({ count: 1 }, 'Small talk.')
    expect(lines()).toEqual([])
  })

  test('holds back every fact that is not on its list, and says which', () => {
    const { log, lines, text } = captured()
    log.info({ ...PERSON, ...SECRETS, record: PERSON, headers: SECRETS, changes: 1 } as LogFacts, 'A record came.')
    expectNothingSensitive(text())
    expect(lines()[0]).toMatchObject({
      changes: 1,
      withheld: expect.arrayContaining(['Email', 'password', 'record', 'headers']),
    })
  })

  test('holds back personal data under a name on its list', () => {
    const { log, text } = captured()
    for (const value of Object.values(PERSON).filter((value) => value !== PERSON.Id && !/^Wil.*a$/.test(value))) {
      log.info(
        { entity: value, code: `"${value}"`, status: PERSON as unknown as string } as LogFacts,
        'Something happened.',
      )
    }
    expectNothingSensitive(text())
  })

  test('cuts personal data out of the messages of errors, of their causes and of their stacks', () => {
    const { log, text, lines } = captured()
    const database = Object.assign(new Error('invalid input syntax for type date: "1971-03-12 Wilhelmina"'), {
      code: '22007',
      detail: 'Key (email)=(wilhelmina@example.com) already exists.',
      where: "unnamed portal parameter $1 = '12 Murrumbidgee Road'",
      table: 'source_record',
    })
    log.error({ error: database }, 'A query failed.')
    log.error(
      { error: new HubError({ code: 'store.failed', family: 'bug', message: 'It failed.', cause: database }) },
      'It failed.',
    )
    let parse: unknown
    try {
      JSON.parse(`{"Name": Wilhelmina, "Email": "${PERSON.Email}"}`)
    } catch (error) {
      parse = error
    }
    log.error({ error: parse }, 'A text was not JSON.')
    log.error({ error: 'Key (phone)=(+61 2 5550 1234) already exists.' }, 'Thrown text.')
    log.error({ error: new Error(`login failed: password=hunter2 at ${SECRETS.databaseUrl}`) }, 'A login failed.')
    expectNothingSensitive(text())
    expect(JSON.stringify(lines()[1])).toContain('22007')
    expect(JSON.stringify(lines()[1])).toContain('source_record')
  })

  test('never shows the facts of an error, which may repeat its input', () => {
    const { log, text } = captured()
    log.warn(
      {
        error: new HubError({
          code: 'x.y',
          family: 'reject',
          message: 'No.',
          facts: { PERSON },
          where: `/data/${PERSON.Email}`,
        }),
      },
      'No.',
    )
    expectNothingSensitive(text())
  })

  test('cuts personal data and secrets out of its text', () => {
    const { log, text } = captured()
    for (const value of [
      PERSON.Email,
      PERSON.Phone,
      PERSON.Mobile,
      PERSON.BirthDate,
      PERSON.TaxFileNumber,
      PERSON.Card,
    ]) {
      log.info({}, `The value ${value} came.`)
    }
    for (const value of Object.values(SECRETS).slice(1)) log.info({}, `Connecting with ${value}.`)
    log.info({}, 'Connecting with password: hunter2')
    expectNothingSensitive(text())
  })

  test('leaves alone what an operator needs', () => {
    const { log, text } = captured()
    const customer = '0191e2a0-7b1c-7000-8000-123456789012'
    log.warn(
      { customer, url: 'amqp://hub:pw@127.0.0.1:5672/hub', error: new Error('connect ECONNREFUSED 127.0.0.1:5432') },
      'No bus.',
    )
    expect(text()).toContain(customer)
    expect(text()).toContain('amqp://…@127.0.0.1:5672/hub')
    expect(text()).toContain('connect ECONNREFUSED 127.0.0.1:5432')
  })

  test('names a lane without its key', () => {
    const lane = { system: 'crm', entity: 'Contact', key: PERSON.Email }
    expect(laneFact(lane)).toMatch(/^crm\/Contact\/[0-9a-f]{16}$/)
    expect(laneFact(lane)).toBe(laneFact({ ...lane }))
    expect(laneFact(lane)).not.toBe(laneFact({ ...lane, key: 'other' }))
  })
})
