import { statementSamples } from './statement-samples.ts'
import { quoted } from './statements.ts'

describe('the statements of SQL Server', () => {
  const samples = Object.entries(statementSamples())

  test.each(samples)('%s is sent as it was when it was last looked at', (_name, { text }) => {
    expect(text).toMatchSnapshot()
  })

  test.each(samples)('%s names all of its parameters, and no others', (_name, { text, parameters }) => {
    const named = new Set([...text.matchAll(/@p(\d+)/g)].map(([, number]) => Number(number)))
    expect([...named].sort((a, b) => a - b)).toEqual(parameters.map((_, place) => place))
  })

  test('a name can not end its brackets', () => {
    expect(quoted('a]; DROP TABLE x; --')).toBe('[a]]; DROP TABLE x; --]')
  })
})
