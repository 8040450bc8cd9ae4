/** The part of docs/channel-developers/soap.md that is made from the source: the operations, and the faults that only SOAP has. */
import { OPERATIONS } from '../../hub/api/operations/index.ts'
import { SOAP_SERVICES, soapService } from '../../hub/api/soap/services.ts'
import type { ErrorCode } from './error-codes.ts'
import { markdownTable } from './generated-part.ts'

export function soapPart(codes: readonly ErrorCode[]): string {
  const own = codes.filter(({ code }) => code.startsWith('soap.'))
  const faults = own.map(({ code, meaning, fix }) => [`\`${code}\``, meaning ?? '', fix ?? ''])
  const services = SOAP_SERVICES.flatMap(({ name, title }) => {
    const rows = [...soapService(name, OPERATIONS).plans.values()].map((plan) => [
      `\`${plan.name}\``,
      plan.spec.summary,
      `\`${plan.spec.method} ${plan.spec.path}\``,
    ])
    return ['', `### ${title}`, '', ...markdownTable(['operation', 'what', 'of REST'], rows)]
  })
  return [
    'Faults of the message itself, before any operation is asked:',
    '',
    ...markdownTable(['code', 'what is wrong', 'what to do'], faults),
    '',
    '## Operations',
    ...services,
  ].join('\n')
}
