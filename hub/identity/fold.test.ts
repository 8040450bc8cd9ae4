import { foldIdentifier, foldTight, foldWords } from './fold.ts'

describe('folding', () => {
  test('takes case, accents and punctuation off and leaves words', () => {
    expect(foldWords("  O'Brien-MÜLLER,  José ")).toBe('obrien muller jose')
    expect(foldWords('Łódź Straße Æsop Ødegård')).toBe('lodz strasse aesop odegard')
  })

  test('gives composed and decomposed letters the same form', () => {
    expect(foldTight('Jose\u0301')).toBe(foldTight('Jos\u00e9'))
  })

  test('keeps letters of other scripts', () => {
    expect(foldWords('Иванов  Пётр')).toBe('иванов петр')
    expect(foldTight('王 小明')).toBe('王小明')
  })

  test('gives nothing for nothing but punctuation', () => {
    expect(foldWords(' -- . ')).toBe('')
    expect(foldTight('')).toBe('')
  })

  test('folds plain ASCII as it folds everything else', () => {
    for (const text of ["D'Arcy", 'a_b c', 'x--y', ' 12/34 ', 'A.B.C']) {
      const general = foldWords(`${text} é`).replace(/ ?e$/, '')
      expect(foldWords(text)).toBe(general)
    }
  })

  test('writes identifiers without separators in upper case', () => {
    expect(foldIdentifier('de 123-456.x')).toBe('DE123456X')
  })

  test('survives lone surrogates and NUL', () => {
    expect(() => foldWords('\ud800 a\u0000b')).not.toThrow()
  })
})
