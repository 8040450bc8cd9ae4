import { operation } from './operation.ts'

const TAG = 'SOAP'
const SERVICE = {
  service: { type: 'string', maxLength: 64, description: '`customers`, `records` or `decisions`.' },
} as const

export const describeSoapOperation = operation({
  id: 'describeSoapService',
  method: 'GET',
  path: '/soap/{service}',
  tag: TAG,
  summary: 'WSDL of a SOAP service',
  description:
    '`?wsdl`: the WSDL 1.1, from which client generators make everything. `?xsd`: only the XML Schema of its messages. The services are /soap/customers, /soap/records and /soap/decisions.',
  permission: 'public',
  params: SERVICE,
  anyQuery: true,
  answers: {
    200: { description: 'The document.', type: 'text/xml; charset=utf-8', schema: { type: 'string' } },
    400: { description: 'It is asked for neither `?wsdl` nor `?xsd`.' },
    404: { description: 'There is no such service.' },
  },
})

export const callSoapOperation = operation({
  id: 'callSoapService',
  method: 'POST',
  path: '/soap/{service}',
  tag: TAG,
  summary: 'A message to a SOAP service',
  description:
    'The operations of REST for SOAP 1.1 and 1.2, as the WSDL of the service describes them: the same rules, rights, limits and errors. The API key comes as a WS-Security UsernameToken (name or id of the key as Username, the key as PasswordText) or as `Authorization: Bearer`.',
  permission: 'public',
  params: SERVICE,
  body: {
    description: 'One envelope, at most 1 MiB.',
    types: ['text/xml', 'application/soap+xml'],
  },
  answers: {
    200: { description: 'The answer.', type: 'text/xml; charset=utf-8', schema: { type: 'string' } },
    400: { description: 'A fault of SOAP 1.2 that is the sender’s.', type: 'application/soap+xml; charset=utf-8' },
    404: { description: 'There is no such service.' },
    413: { description: 'The message is too large.' },
    415: { description: 'The content type is none of SOAP.' },
    500: { description: 'A fault, as SOAP 1.1 wants it, whoever’s it is.', type: 'text/xml; charset=utf-8' },
  },
})

export const SOAP_OPERATIONS = [describeSoapOperation, callSoapOperation]
