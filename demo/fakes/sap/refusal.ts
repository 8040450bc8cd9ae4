/** An answer that is no success, with SAP's message class and number. */
export class SapRefusal extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Record<string, string>

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** The body of an error as each version and format has it. */
export function refusalBody(version: '2' | '4', { code, message }: SapRefusal, asXml: boolean): string {
  if (asXml) {
    const escaped = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
    return `<?xml version="1.0" encoding="utf-8"?><error xmlns="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><code>${code}</code><message xml:lang="en">${escaped}</message></error>`
  }
  if (version === '4')
    return JSON.stringify({ error: { code, message, details: [{ code, message, '@SAP__Common.Severity': 'error' }] } })
  const errordetails = [{ code, message, propertyref: '', severity: 'error', target: '' }]
  return JSON.stringify({
    error: {
      code,
      message: { lang: 'en', value: message },
      innererror: { transactionid: '0'.repeat(32), errordetails },
    },
  })
}
