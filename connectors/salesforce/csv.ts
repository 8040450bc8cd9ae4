import { parse } from 'csv-parse/sync'
import { unexpectedError } from '../shared/errors.ts'

/** The rows of a result page, the header first; each as wide as the header. Throws `connector.unexpected` for what is no such CSV. */
export function parseCsv(text: string): string[][] {
  try {
    return parse(text, { bom: true, skip_empty_lines: true, record_delimiter: '\n' }) as string[][]
  } catch (error) {
    // The parser's own message quotes the line.
    const { code, lines } = error as { code?: string; lines?: number }
    throw unexpectedError('Salesforce gave a page of results that is no CSV.', {
      internal: `${code ?? 'CSV'}${lines === undefined ? '' : ` at line ${lines}`}`,
    })
  }
}
