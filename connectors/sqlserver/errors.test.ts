import { isDuplicate, sqlServerError } from './errors.ts'

const thrown = (number: number, code = 'EREQUEST'): Error =>
  Object.assign(new Error(`the value 'Miller' of error ${number}`), { number, code })

describe('errors of SQL Server', () => {
  test.each([
    [18456, 'connector.auth', 'config'],
    [18488, 'connector.auth', 'config'],
    [40615, 'connector.auth', 'config'],
    [4060, 'connector.settings', 'config'],
    [229, 'connector.forbidden', 'config'],
    [230, 'connector.forbidden', 'config'],
    [208, 'connector.schema', 'config'],
    [207, 'connector.schema', 'config'],
    [3952, 'connector.schema', 'config'],
    [22105, 'connector.schema', 'config'],
    [1205, 'connector.busy', 'retry'],
    [1222, 'connector.busy', 'retry'],
    [3960, 'connector.busy', 'retry'],
    [40501, 'connector.busy', 'retry'],
    [49918, 'connector.busy', 'retry'],
    [40613, 'connector.unreachable', 'retry'],
    [10054, 'connector.unreachable', 'retry'],
    [2627, 'connector.rejected', 'reject'],
    [547, 'connector.rejected', 'reject'],
    [8152, 'connector.rejected', 'reject'],
    [2628, 'connector.rejected', 'reject'],
    [99999, 'connector.unexpected', 'retry'],
  ])('%i is %s', (number, code, family) => {
    const error = sqlServerError(thrown(number))
    expect([error.code, error.family]).toEqual([code, family])
    expect(error.message).not.toContain('Miller')
  })

  test.each([
    ['ESOCKET', 'connector.unreachable'],
    ['ETIMEOUT', 'connector.unreachable'],
    ['ECONNREFUSED', 'connector.unreachable'],
    ['EINSTLOOKUP', 'connector.unreachable'],
    ['ELOGIN', 'connector.auth'],
    ['EENCRYPT', 'connector.settings'],
  ])("the driver's own %s is %s", (code, wanted) => {
    expect(sqlServerError(Object.assign(new Error('x'), { code })).code).toBe(wanted)
  })

  test('the number that the server told goes before what the driver makes of a refused login', () => {
    expect(sqlServerError(Object.assign(new Error('Login failed.'), { code: 'ELOGIN' }), 4060).code).toBe(
      'connector.settings',
    )
  })

  test('what mssql wraps is told by what is inside', () => {
    const inside = Object.assign(new Error('x'), { number: 'ELOGIN', originalError: thrown(18456, 'ELOGIN') })
    expect(sqlServerError(inside).code).toBe('connector.auth')
    const last = Object.assign(thrown(3621), { precedingErrors: [new Error('no number'), thrown(547)] })
    expect(sqlServerError(last).code).toBe('connector.rejected')
    expect(isDuplicate(Object.assign(thrown(3621), { precedingErrors: [thrown(2627)] }))).toBe(true)
    expect(sqlServerError(Object.assign(new Error('x'), { code: 'EREQINPROG' })).code).toBe('connector.unexpected')
    expect(sqlServerError(null).code).toBe('connector.unexpected')
  })

  test('of several errors the first one counts', () => {
    expect(sqlServerError(new AggregateError([thrown(547), thrown(3621)])).code).toBe('connector.rejected')
    expect(isDuplicate(new AggregateError([thrown(2627), thrown(3621)]))).toBe(true)
    expect(isDuplicate(thrown(2601))).toBe(true)
    expect(isDuplicate(thrown(547))).toBe(false)
  })
})
