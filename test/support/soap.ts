/** SOAP as a caller writes it by hand, and zeep as a caller that knows only the WSDL. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { parseXml, textOf, type XmlElement } from '../../hub/contracts/xml.ts'
import type { Answer, RunningApi } from './api.ts'

const FOLDER = fileURLToPath(new URL('../api/soap', import.meta.url))
const WSS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss'
export const ENVELOPES = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
} as const

export interface SoapCall {
  service: 'customers' | 'records' | 'decisions'
  operation: string
  arguments: JsonObject
  port?: 'Soap' | 'Soap12'
}

export interface SoapOutcome {
  answer?: JsonObject
  fault?: { code: string; message: string; detail: Record<string, string> | null }
  sent: string
  received: string
}

/** Runs a Python script of test/api/soap with a document on its standard input; answers the document that it prints. */
export async function runPython<Result>(script: string, input: unknown): Promise<Result> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 1e8, timeout: 120_000, env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } }
    const child = execFile('/usr/bin/python3', [`${FOLDER}/${script}`], options, (error, out, err) => {
      if (error) reject(new Error(`${error.message}\n${err}`))
      else resolve(JSON.parse(out) as Result)
    })
    child.stdin?.end(JSON.stringify(input))
  })
}

/** Calls operations by zeep, as the holder of a key. */
export function zeep(url: string, caller: { username: string; password: string }, calls: readonly SoapCall[]) {
  const wsdls = Object.fromEntries(
    [...new Set(calls.map(({ service }) => service))].map((name) => [name, `${url}/soap/${name}?wsdl`]),
  )
  return runPython<SoapOutcome[]>('calls.py', { wsdls, ...caller, calls })
}

/** A Security header with one UsernameToken. `more`: further elements in it. */
export function security(username: string, password: string, more = ''): string {
  const xmlns = `xmlns:wsse="${WSS}-wssecurity-secext-1.0.xsd" xmlns:wsu="${WSS}-wssecurity-utility-1.0.xsd"`
  return `<wsse:Security ${xmlns}><wsse:UsernameToken><wsse:Username>${username}</wsse:Username><wsse:Password>${password}</wsse:Password>${more}</wsse:UsernameToken></wsse:Security>`
}

export function envelope(header: string, body: string, version: keyof typeof ENVELOPES = '1.1'): string {
  return `<e:Envelope xmlns:e="${ENVELOPES[version]}"><e:Header>${header}</e:Header><e:Body>${body}</e:Body></e:Envelope>`
}

/** Sends a message as it is. */
export function post(
  hub: Pick<RunningApi, 'ask'>,
  message: string | Uint8Array,
  headers: Record<string, string> = {},
  service = 'customers',
): Promise<Answer> {
  const contentType = { 'content-type': 'text/xml', ...headers }
  return hub.ask(`/soap/${service}`, { method: 'POST', key: null, headers: contentType, body: message })
}

/** The element in the Body of an answer. */
export function bodyOf({ text }: Answer): XmlElement {
  const root = parseXml(text, {}, (message) => new Error(message))
  const body = root.children.find(({ name }) => name === 'Body')?.children[0]
  if (body === undefined) throw new Error(text)
  return body
}

/** What a fault says, by name; undefined members are not there. */
export function faultIn(answer: Answer): Record<string, string | number> {
  const fault = bodyOf(answer)
  const find = (element: XmlElement, name: string): XmlElement | undefined =>
    element.name === name
      ? element
      : element.children.map((child) => find(child, name)).find((one) => one !== undefined)
  const detail = find(fault, 'HubFault')
  if (fault.name !== 'Fault' || detail === undefined) throw new Error(answer.text)
  const told = Object.fromEntries(detail.children.map(({ name, text }) => [name, text]))
  const faultcode = textOf(fault, 'faultcode') ?? find(fault, 'Value')?.text ?? ''
  return { ...told, status: Number(told['status']), faultcode, http: answer.status }
}
