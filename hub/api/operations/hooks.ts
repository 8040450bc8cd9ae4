import { operation } from './operation.ts'

/** Largest push in a system's own format, bytes. */
export const HOOK_BYTES_MAX = 8 * 1024 * 1024

const COMMON = {
  path: '/v1/hooks/{system}',
  tag: 'Changes',
  permission: 'public',
  authentication: 'connector',
  anyQuery: true,
  params: { system: { type: 'string', maxLength: 128, description: 'Name of the system.' } },
} as const

const REFUSALS = {
  401: { description: "The push does not carry what the system's settings ask for: a signature, a password." },
  404: { description: 'There is no such system.' },
  501: { description: 'The system has no format of its own in which it could push; send CloudEvents to /v1/changes.' },
  503: { description: 'The push can not be made durable now; push the same again after `Retry-After`.' },
} as const

export const receivePushOperation = operation({
  ...COMMON,
  id: 'receivePush',
  method: 'POST',
  summary: "Push in a system's own format",
  description: [
    'Webhooks, SOAP messages, IDocs: whatever the connector of the system reads. It needs no API key: the connector itself',
    'checks the signature or the password that the system sends. The answer, in the format that the system expects, is positive only',
    'once the records are durable; the same push again is no second change. A paused system is not read, but what it pushes is still taken.',
  ].join(' '),
  body: {
    description: 'As the system sends it, at most 8 MiB.',
    types: ['*/*'],
    bytesMax: HOOK_BYTES_MAX,
    required: false,
  },
  answers: {
    200: { description: 'Durable; the status, type and body are those of the format.', type: '*/*' },
    413: { description: 'More than 8 MiB.' },
    422: { description: 'The push can not be read, or a record in it can not be taken; nothing of it was accepted.' },
    ...REFUSALS,
  },
})

export const describeHookOperation = operation({
  ...COMMON,
  id: 'describeHook',
  method: 'GET',
  summary: 'What a system must know to push',
  description:
    'For formats that have a description (a WSDL) or ask whether the address is right before they push; the connector answers.',
  answers: { 200: { description: 'As the format has it.', type: '*/*' }, ...REFUSALS },
})

export const HOOK_OPERATIONS = [receivePushOperation, describeHookOperation]
