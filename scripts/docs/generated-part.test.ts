import { markdownTable, withGeneratedPart } from './generated-part.ts'

const [BEGIN, END] = ['<!-- generated: npm run docs -->', '<!-- /generated -->']

describe('a page with a generated part', () => {
  test('gets it between its marks, and keeps every word that a person wrote', () => {
    const page = `# Title\n\n${BEGIN}\n\nold\n\n${END}\n\nBy hand.\n`
    const once = withGeneratedPart(page, '\nnew\n')
    expect(once).toBe(`# Title\n\n${BEGIN}\n\nnew\n\n${END}\n\nBy hand.\n`)
    expect(withGeneratedPart(once, 'new')).toBe(once)
  })

  test.each([
    ['no marks', '# Title'],
    ['no end', `${BEGIN}\n`],
    ['no beginning', `${END}\n`],
    ['two beginnings', `${BEGIN}${BEGIN}${END}`],
    ['two ends', `${BEGIN}${END}${END}`],
    ['marks the wrong way round', `${END}\n${BEGIN}`],
  ])('is refused with %s', (_what, page) => {
    expect(() => withGeneratedPart(page, 'x')).toThrow(/needs the line <!-- generated: npm run docs -->/)
  })
})

describe('a Markdown table', () => {
  test('keeps cells in their columns whatever is in them', () => {
    expect(markdownTable(['a', 'b'], [['x | y', 'two\n  lines <here>']])).toEqual([
      '| a | b |',
      '|---|---|',
      '| x \\| y | two lines \\<here> |',
    ])
  })
})
