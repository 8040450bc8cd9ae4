import { requireCondition } from './where.ts'

const check = (text: string): void => requireCondition(text, '/entities/Contact/options/where')

describe('the filter of an entity', () => {
  test.each([
    "Name = 'x'",
    "Name = 'it\\'s ORDER BY LIMIT ) ( nothing'",
    '(A__c = 1 OR B__c = 2) AND NOT C__c = null',
    "AccountId IN (SELECT Id FROM Account WHERE Type = 'Customer')",
    "Ordered__c = true AND Limit__c > 3 AND Forum__c != 'x'",
  ])('may be a condition: %s', (text) => {
    expect(() => check(text)).not.toThrow()
  })

  test.each([
    ['', 'is empty'],
    ["Name = 'x", 'has a quote that is not closed'],
    ["Name = 'x\\'", 'has a quote that is not closed'],
    ['(Name = null', 'has a parenthesis that is not closed'],
    ['Name = null) OR (Name != null', 'closes a parenthesis that it has not opened'],
    ['Name = null ORDER   BY Id', 'has the clause ORDER   BY'],
    ['Name = null limit 5', 'has the clause LIMIT'],
    ['Name = null FOR UPDATE', 'has the clause FOR UPDATE'],
    ['Name = null ALL ROWS', 'has the clause ALL ROWS'],
  ])('may not be %j, because it %s', (text, reason) => {
    expect(() => check(text)).toThrow(
      expect.objectContaining({
        code: 'connector.settings',
        message: `The filter ${reason}.`,
        where: '/entities/Contact/options/where',
      }),
    )
  })
})
