import { isJsonObject, type JsonObject } from '../../contracts/json.ts'
import type { RestAnswer } from './dispatch.ts'
import { HTTP_STATUS, MASKED, type MessagePlan, NOT_MODIFIED } from './message-plan.ts'
import type { SoapService } from './services.ts'
import { MessageWriter } from './write-message.ts'
import { attribute } from './xsd.ts'

/** What an operation answered, as the element that the WSDL has for it. */
export function responseElement(service: SoapService, plan: MessagePlan, answer: RestAnswer): string {
  const name = `${plan.name}Response`
  const path = `/${name}`
  const writer = new MessageWriter()
  const { entity, members } = plan.answers.get(answer.status) ?? { members: [] }
  const whole: JsonObject = isJsonObject(answer.body ?? null) ? (answer.body as JsonObject) : {}
  const own = new Set(members.map((member) => member.name))
  const rest = Object.entries(whole).filter(([member]) => !own.has(member))
  const record =
    entity?.shape.kind === 'object' ? new Set(entity.shape.members.map((member) => member.name)) : undefined
  const inRecord = record === undefined ? [] : rest.filter(([member]) => record.has(member))
  // The elements stand in the order of the schema, whichever answer it is.
  for (const member of plan.response.members) {
    const { element } = member
    if (element === entity?.element) {
      const value = record === undefined ? (answer.body ?? null) : Object.fromEntries(inRecord)
      if (answer.body !== undefined) writer.member(member, value, path)
    } else if (members.some((one) => one.element === element) && own.has(member.name)) {
      const value = Object.hasOwn(whole, member.name) ? whole[member.name] : undefined
      if (value !== undefined) writer.member(member, value, path)
    }
  }
  writeFacts(writer, plan, answer)
  const others =
    entity === undefined || record !== undefined ? rest.filter(([member]) => record?.has(member) !== true) : []
  writer.others(Object.fromEntries(others), path)
  return `<${name} xmlns="${attribute(service.namespace)}">${writer.toString()}</${name}>`
}

/** What HTTP says beside the body, in the order of the schema. */
function writeFacts(writer: MessageWriter, { headers, response }: MessagePlan, answer: RestAnswer): void {
  const has = (element: string): boolean => response.members.some((member) => member.element === element)
  for (const [element, name] of headers) {
    const value = answer.headers[name]
    if (value !== undefined) writer.text(element, value)
  }
  if (answer.status === 304) writer.text(NOT_MODIFIED, 'true')
  if (has(HTTP_STATUS)) writer.text(HTTP_STATUS, String(answer.status))
  if (has(MASKED)) for (const path of writer.masked) writer.text(MASKED, path)
}
