import { parseAccessPolicy } from '../../security/access-policy.ts'
import { type ExportRequest, lineMaker, type LineMaker } from './export-request.ts'

const MASKING = parseAccessPolicy(
  'roles: { steward: { customer: { birthDate: hidden, emails.address: masked } } }',
).maskingOf('steward')
const RECORD = {
  id: '1',
  status: 'active',
  name: { family: 'Smith' },
  birthDate: '1971-03-12',
  emails: [{ address: 'a@b.c', primary: true }],
}
const TEXT = JSON.stringify(RECORD)

function makerOf(request: Partial<ExportRequest>, masking = null as typeof MASKING): LineMaker {
  const whole = { entity: 'customer', filter: null, fields: null, since: null, ...request } as const
  return lineMaker(whole, { masking, selectorOf: () => (record) => ({ id: (record as typeof RECORD).id }) })
}

describe('The line of a record', () => {
  test('is its text, untouched where nothing is to be done with it', () => {
    expect(makerOf({})(TEXT)).toBe(TEXT)
    for (const filter of ['status == "active"', '$root.status == "active"', 'some(emails, #.primary)']) {
      expect(makerOf({ filter })(TEXT)).toBe(TEXT)
    }
  })

  test('is none where the filter is not true of it, whatever the reason', () => {
    for (const filter of ['status == "closed"', 'name', 'name.family > 5', 'birthDate == null']) {
      expect(makerOf({ filter })(TEXT)).toBeNull()
    }
  })

  test('has what was asked for, masked', () => {
    expect(makerOf({ fields: ['id'] })(TEXT)).toBe('{"id":"1"}')
    const line = makerOf({}, MASKING)(TEXT) ?? ''
    expect(JSON.parse(line)).toEqual({
      id: '1',
      status: 'active',
      name: { family: 'Smith' },
      emails: [{ address: '***', primary: true }],
    })
  })

  test.each([
    'birthDate != null',
    '$root.birthDate != null',
    'emails[0].address == "x"',
    'some(emails, #.address == "x")',
    'len(emails) > 1',
  ])('is not to be found by what the role does not see: %s', (filter) => {
    expect(() => makerOf({ filter }, MASKING)).toThrow(
      expect.objectContaining({ code: 'export.filter.masked', status: 403 }),
    )
    expect(() => makerOf({ filter })).not.toThrow()
  })

  test.each(['statu == 1', 'status ==', '$root.statu == 1'])('wants a filter that can be read: %s', (filter) => {
    expect(() => makerOf({ filter })).toThrow(
      expect.objectContaining({ code: 'export.filter.invalid', where: '/filter' }),
    )
  })
})
