/** The options of an entity against the WSDL: every operation, argument and path that they name must be there and fit. */
import { isJsonObject, type Json } from '../../hub/contracts/json.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import { settingsError } from '../shared/errors.ts'
import { pointerTo } from '../shared/settings.ts'
import type { CallOptions, ListOptions, SoapEntity } from './entity-options.ts'
import { operationOf } from './soap-client.ts'
import { placeholdersIn } from './template.ts'
import { type ElementSlot, memberNames, type Operation, type Path, slotAt, type Wsdl } from './wsdl-model.ts'
import { isInteger, isTime, lexicalOf } from './xsd-values.ts'

/** Returns warnings. Throws `connector.settings` with a pointer to the first thing that does not fit. */
export function checkOptions(wsdl: Wsdl, entity: SoapEntity): string[] {
  const warnings: string[] = []
  const { list, changes, incremental, get, upsert } = entity
  for (const each of [list, changes]) if (each) checkList(wsdl, entity, each)
  if (incremental) warnings.push(...checkIncremental(wsdl, entity))
  if (get) {
    const operation = checkCall(wsdl, get)
    const row = mustFind(operation.output, get.row, `${get.where}/row`, operation)
    checkFields(row, entity)
  }
  if (upsert) {
    const operation = checkCall(wsdl, upsert)
    if (upsert.version) mustFind(operation.output, upsert.version, `${upsert.where}/version`, operation)
    if (!get) warnings.push(`${entity.entity}: without get, writes have no precondition, and one that needs it fails`)
  }
  if (!get) warnings.push(`${entity.entity}: without get, deletes that polling does not see are not found`)
  const byNumber = [list, changes].some((each) => each && ['page', 'offset'].includes(each.paging))
  if (byNumber) {
    warnings.push(
      `${entity.entity}: paging by number can pass over records while others are deleted; prefer token or after`,
    )
  }
  return warnings
}

function checkList(wsdl: Wsdl, entity: SoapEntity, list: ListOptions): void {
  const operation = checkCall(wsdl, list)
  const row = mustFind(operation.output, list.rows, `${list.where}/rows`, operation)
  if (list.nextToken) mustFind(operation.output, list.nextToken, `${list.where}/nextToken`, operation)
  if (list.total) mustFind(operation.output, list.total, `${list.where}/total`, operation)
  checkFields(row, entity)
}

function checkIncremental(wsdl: Wsdl, { entity, changes, list, incremental, where }: SoapEntity): string[] {
  const polled = changes ?? list
  if (!polled || !incremental) return []
  const operation = operationOf(wsdl, polled.operation, `${polled.where}/operation`)
  const row = mustFind(operation.output, polled.rows, `${polled.where}/rows`, operation)
  const at = `${where}/incremental/field`
  const field = row && mustFind(row, incremental.field, at, operation)
  const type = field?.type()
  if (incremental.start) {
    const start = checkCall(wsdl, incremental.start)
    mustFind(start.output, incremental.start.value, `${incremental.start.where}/value`, start)
  }
  if (type === undefined) return [`${entity}: the WSDL does not say what the incremental field is`]
  if (type.kind === 'complex') throw settingsError('The incremental field has elements inside.', { where: at })
  if (!isInteger(type) && !isTime(type) && type.base !== 'string') {
    throw settingsError(`The incremental field is an xsd:${type.base}; it must be a time or an integer.`, { where: at })
  }
  if (isInteger(type) && !incremental.start) {
    throw settingsError('A counter needs an operation that tells where it stands.', {
      where: `${where}/incremental/start`,
    })
  }
  return []
}

function checkFields(row: ElementSlot | undefined, entity: SoapEntity): void {
  if (row === undefined) return
  const { where, keyFields, deletedWhen, sequence, mark, upsert } = entity
  const find = (path: Path | undefined, at: string): void => {
    if (path) mustFind(row, path, `${where}/${at}`, undefined)
  }
  keyFields.forEach((path, index) => find(path, `keyFields/${index}`))
  find(deletedWhen?.field, 'deletedWhen/field')
  find(sequence, 'sequenceField')
  find(mark, 'markField')
  find(upsert?.lock, 'upsert/lock')
}

function checkCall(wsdl: Wsdl, call: CallOptions): Operation {
  const operation = operationOf(wsdl, call.operation, `${call.where}/operation`)
  checkTemplate(operation.input, call.arguments, `${call.where}/arguments`)
  return operation
}

function checkTemplate(slot: ElementSlot, template: Json, where: string): void {
  if (typeof template === 'string' && placeholdersIn(template).length > 0) return
  if (Array.isArray(template)) {
    if (!slot.many) throw settingsError(`The WSDL has only one "${slot.name}", not a list.`, { where })
    template.forEach((each, index) => checkTemplate(slot, each, `${where}/${index}`))
    return
  }
  const type = slot.type()
  if (template === null) {
    if (slot.nillable) return
    throw settingsError(`The WSDL does not let "${slot.name}" be nil.`, { where })
  }
  if (isJsonObject(template)) {
    if (type.kind === 'simple') throw settingsError(`The WSDL has a value in "${slot.name}", not elements.`, { where })
    const names = memberNames(type)
    for (const [name, value] of Object.entries(template)) {
      const inner = type.elements.find((each) => each.name === name)
      if (inner) checkTemplate(inner, value, pointerTo(where, name))
      else if (!names.includes(name) && !type.open) {
        throw settingsError(`The WSDL has no argument "${name}" in "${slot.name}".`, {
          where: pointerTo(where, name),
          fix: `It has ${names.join(', ') || 'none'}.`,
        })
      }
    }
    const missing = type.elements.find(
      (each) => !each.optional && !each.nillable && !Object.hasOwn(template, each.name),
    )
    if (missing) {
      throw settingsError(`The WSDL wants "${missing.name}" in "${slot.name}".`, {
        where,
        fix: 'Give it a value or a placeholder.',
      })
    }
    return
  }
  if (type.kind === 'complex') {
    if (type.open || type.text) return
    throw settingsError(`The WSDL has elements inside of "${slot.name}", not a value.`, { where })
  }
  try {
    lexicalOf(type, template, where)
  } catch (error) {
    if (error instanceof HubError) throw settingsError(error.message, { where })
    throw error
  }
}

/** @returns undefined where the WSDL says nothing (xs:any) */
function mustFind(
  slot: ElementSlot | undefined,
  path: Path,
  where: string,
  operation: Operation | undefined,
): ElementSlot | undefined {
  if (slot === undefined) {
    throw settingsError(`The operation "${operation?.name ?? ''}" has no answer.`, { where })
  }
  const found = slotAt(slot, path)
  if (found.found) return found.slot
  const before = path.slice(0, found.at).join('/')
  throw settingsError(`The WSDL has no "${path[found.at] ?? ''}" in "${before || slot.name}".`, {
    where,
    fix: found.names.length === 0 ? 'There is nothing inside.' : `It has ${found.names.join(', ')}.`,
  })
}
