import { operation } from './operation.ts'

const TAG = 'Service'

export const liveOperation = operation({
  id: 'getLiveness',
  method: 'GET',
  path: '/health/live',
  tag: TAG,
  summary: 'Whether the process lives',
  description: 'Answers for as long as the process can answer at all; a platform restarts a process that does not.',
  permission: 'public',
  answers: {
    200: {
      description: 'It lives.',
      schema: { type: 'object', required: ['status'], properties: { status: { type: 'string', enum: ['live'] } } },
    },
  },
})

const READINESS = {
  type: 'object',
  required: ['status', 'checks'],
  properties: {
    status: { type: 'string', enum: ['ready', 'not ready'] },
    checks: { type: 'object', additionalProperties: { type: 'string', enum: ['ok', 'failed'] } },
  },
}

export const readyOperation = operation({
  id: 'getReadiness',
  method: 'GET',
  path: '/health/ready',
  tag: TAG,
  summary: 'Whether the process can work',
  description:
    'Ready when everything it needs is there (database, bus); not ready also from the moment it is told to stop, so that a load balancer sends nothing more.',
  permission: 'public',
  answers: {
    200: { description: 'It is ready.', schema: READINESS },
    503: { description: 'It is not; `checks` says what is missing.', schema: READINESS },
  },
})

export const metricsOperation = operation({
  id: 'getMetrics',
  method: 'GET',
  path: '/metrics',
  tag: TAG,
  summary: 'Figures for Prometheus',
  description: 'Counters and timings of this process in the Prometheus text format. No names of customers or records.',
  permission: 'public',
  answers: {
    200: { description: 'The figures.', type: 'text/plain; version=0.0.4; charset=utf-8', schema: { type: 'string' } },
  },
})

export const openApiOperation = operation({
  id: 'getOpenApi',
  method: 'GET',
  path: '/openapi.json',
  tag: TAG,
  summary: 'This API as OpenAPI 3.1',
  description: 'The whole API for client generators and tools, with the canonical JSON Schemas.',
  permission: 'public',
  answers: { 200: { description: 'The document.', schema: { type: 'object' } } },
})

export const docsOperation = operation({
  id: 'getDocs',
  method: 'GET',
  path: '/docs',
  tag: TAG,
  summary: 'This API as a page to read',
  description: 'The same as /openapi.json, for people. The page loads nothing from anywhere else.',
  permission: 'public',
  answers: { 200: { description: 'The page.', type: 'text/html; charset=utf-8', schema: { type: 'string' } } },
})

export const SERVICE_OPERATIONS = [liveOperation, readyOperation, metricsOperation, openApiOperation, docsOperation]
