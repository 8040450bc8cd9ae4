import type { Organization } from './organization.ts'

/** The login call of the SOAP API, by which older clients begin. */
export function soapLogin(organization: Organization, body: string, base: string): { status: number; body: string } {
  const value = (name: string): string => {
    const text = new RegExp(`<(?:\\w+:)?${name}>([^<]*)<`).exec(body)?.[1] ?? ''
    return text
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&apos;', "'")
      .replaceAll('&amp;', '&')
  }
  const user = organization.byPassword(value('username'), value('password'))
  if (user === undefined) {
    const message = 'INVALID_LOGIN: Invalid username, password, security token; or user locked out.'
    return {
      status: 500,
      body: envelope(
        `<soapenv:Fault><faultcode>sf:INVALID_LOGIN</faultcode><faultstring>${message}</faultstring><detail><sf:LoginFault xmlns:sf="urn:fault.partner.soap.sforce.com"><sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode><sf:exceptionMessage>${message}</sf:exceptionMessage></sf:LoginFault></detail></soapenv:Fault>`,
      ),
    }
  }
  const { id, userId } = organization
  return {
    status: 200,
    body: envelope(
      `<loginResponse><result><passwordExpired>false</passwordExpired><sandbox>false</sandbox><serverUrl>${base}/services/Soap/u/62.0/${id}</serverUrl><sessionId>${organization.newSession(user)}</sessionId><userId>${userId}</userId><userInfo><organizationId>${id}</organizationId><sessionSecondsValid>7200</sessionSecondsValid></userInfo></result></loginResponse>`,
    ),
  }
}

function envelope(inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com"><soapenv:Body>${inner}</soapenv:Body></soapenv:Envelope>`
}
