import { describe, expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { findErrorCodes } from './error-codes.ts'
import { hubSources } from './sources.ts'

const find = (text: string) => findErrorCodes([{ path: 'a.ts', text }])

describe('Finding error codes', () => {
  test('reads code, family, status, message and fix where the error is made', () => {
    const text =
      "throw new HubError({ code: 'a.b', family: 'reject', status: 409, message: `It has ${n} parts.`, fix: 'Mend it.' })"
    expect(find(text)).toEqual([
      { code: 'a.b', family: 'reject', status: 409, meaning: 'It has … parts.', fix: 'Mend it.', file: 'a.ts' },
    ])
  })

  test('follows helpers by their parameter `code`, and by the end of a template', () => {
    const text = `
      function refused(code: string, message: string): HubError {
        return new HubError({ code, family: 'config', message })
      }
      function old(what: string, message: string): HubError {
        return new HubError({ code: \`store.\${what}\`, family: 'bug', message })
      }
      refused('a.b', 'It is so.')
      old('version.old', 'It is old.')`
    expect(find(text)).toMatchObject([
      { code: 'a.b', family: 'config', meaning: 'It is so.' },
      { code: 'store.version.old', family: 'bug', meaning: 'It is old.' },
    ])
  })

  test('takes both ways of a condition, types of members and the comment of the function', () => {
    const text = `
      interface Problem { code: 'x.one' | 'x.two' }
      /** It is too much. Send less. */
      function tooMuch(message: string): HubError {
        return new HubError({ code: deep ? 'x.three' : 'x.four', family: 'reject', message })
      }`
    expect(find(text).map(({ code, meaning }) => [code, meaning])).toEqual([
      ['x.four', 'It is too much.'],
      ['x.one', undefined],
      ['x.three', 'It is too much.'],
      ['x.two', undefined],
    ])
  })

  test('leaves other texts with dots alone', () => {
    expect(
      find("bus.publish({ event: 'customer.created' }); read('name.given'); const act = { act: 'mapping.publish' }"),
    ).toEqual([])
  })
})

test('The catalogue of errors and the source have the same codes (`npm run docs` mends it)', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  const written = [...page.matchAll(/^\| `([a-z0-9.-]+)` +\|/gm)].map(([, code]) => code)
  const inSource = findErrorCodes(hubSources()).map(({ code }) => code)
  expect(inSource).toContain('change.subject.invalid')
  expect(written.filter((code) => !inSource.includes(code ?? ''))).toEqual([])
  expect(inSource.filter((code) => !written.includes(code))).toEqual([])
})
