import { HubError } from '../../contracts/hub-error.ts'
import type { Json } from '../../contracts/json.ts'

/** Why an order is not taken. Each error names the member by a JSON pointer into the body of the request. */

export interface Fault {
  pointer: string
  message: string
}

export function pointerOf(...names: readonly (string | number)[]): string {
  return names.map((name) => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** A target path of a mapping (`lines[0].total`) as a pointer; a quoted name stays one name. */
export function pointerOfPath(path: string): string {
  const names = path.match(/"(?:[^"\\]|\\.)*"|[^."[\]]+/g) ?? []
  return pointerOf(...names.map((name) => (name.startsWith('"') ? (JSON.parse(name) as string) : name)))
}

export function invalidRecord(faults: readonly Fault[]): HubError {
  const [first] = faults
  return new HubError({
    code: 'record.invalid',
    family: 'reject',
    message: `The record would break its schema: ${first?.pointer ?? ''} ${first?.message ?? ''}.`,
    where: first?.pointer ?? '',
    facts: { errors: faults.map(({ pointer, message }) => ({ pointer, detail: message })) },
  })
}

export function memberOfTheHub(name: string): HubError {
  return new HubError({
    code: 'record.member-of-the-hub',
    family: 'reject',
    message: `"${name}" is the hub's own and can't be set.`,
    where: pointerOf(name),
    fix: 'Leave it out.',
  })
}

/** The system does not take this member from the hub, has no place for it, or can not hold its value as it is. */
export function notWritable(
  pointer: string,
  message: string,
  fix?: string,
  errors: readonly { pointer: string; detail: string }[] = [],
): HubError {
  return new HubError({
    code: 'record.field.not-writable',
    family: 'reject',
    message,
    where: pointer,
    fix: fix ?? 'Leave it out; the system has no place that the hub could write it to.',
    ...(errors.length > 1 ? { facts: { errors } } : {}),
  })
}

/** The record lacks what its system can not be without. */
export function missingMember(pointer: string, message: string): HubError {
  return new HubError({ code: 'record.field.missing', family: 'reject', message, where: pointer })
}

/** No system takes new records of this kind from the hub, or the one that was named does not. */
export function noCreates(entity: string, system: string | undefined, takers: readonly string[]): HubError {
  const others = takers.length === 0 ? 'No system does.' : `It is taken by: ${takers.join(', ')}.`
  return new HubError({
    code: 'record.create.not-taken',
    family: 'reject',
    status: 409,
    message:
      system === undefined
        ? `No system takes new records of the kind ${entity} from the hub.`
        : `${system.slice(0, 128)} takes no new records of the kind ${entity} from the hub.`,
    ...(system === undefined ? {} : { where: '?system' }),
    fix: system === undefined ? 'Give an entity of a system "write: { create: true }".' : others,
  })
}

export function systemNeeded(entity: string, takers: readonly string[]): HubError {
  return new HubError({
    code: 'record.create.system-needed',
    family: 'reject',
    message: `Several systems take new records of the kind ${entity}.`,
    where: '?system',
    fix: `Say which: ${takers.join(', ')}.`,
  })
}

export function readOnly({ system, entity }: { system: string; entity: string }): HubError {
  return new HubError({
    code: 'record.read-only',
    family: 'reject',
    status: 409,
    message: `${entity} of ${system} takes no changes from the hub.`,
    where: '{id}',
    fix: 'Change it in the system, or give the entity "write" in the document of the system.',
  })
}

export function noPrecondition(): HubError {
  return new HubError({
    code: 'request.precondition.missing',
    family: 'reject',
    status: 428,
    message: 'A change says which version of the record it was made on.',
    where: 'If-Match',
    fix: 'Send the ETag of the record as you read it in the header If-Match.',
  })
}

export function changedMeanwhile(): HubError {
  return new HubError({
    code: 'record.changed-meanwhile',
    family: 'reject',
    status: 412,
    message: 'The record has changed since you read it.',
    where: 'If-Match',
    fix: 'Read it again, and change what it is now.',
  })
}

export function unknownReference(pointer: string): HubError {
  return new HubError({
    code: 'record.reference.unknown',
    family: 'reject',
    message: 'The hub has no record that this could mean.',
    where: pointer,
    fix: 'Name it by the id that the hub gives it: {"id": "..."}, or by system, entity and key.',
  })
}

export function notAReference(pointer: string): HubError {
  return new HubError({
    code: 'record.reference.invalid',
    family: 'reject',
    message: 'A reference is {"id": "..."}, or {"entity": "...", "key": "..."} with or without "system".',
    where: pointer,
  })
}

export function notInSystem(pointer: string, system: string): HubError {
  return new HubError({
    code: 'record.reference.not-in-system',
    family: 'reject',
    status: 409,
    message: `What this points at has no record in ${system}, which is where this record belongs.`,
    where: pointer,
    fix: `Make it known there first, or name a record that ${system} has.`,
  })
}

export function severalInSystem(pointer: string, system: string, records: readonly Json[]): HubError {
  return new HubError({
    code: 'record.reference.several',
    family: 'reject',
    status: 409,
    message: `What this points at has several records in ${system}.`,
    where: pointer,
    fix: 'Name one of them: system, entity and key of each are under "records".',
    facts: { records },
  })
}

export function notReadable(): HubError {
  return new HubError({
    code: 'record.not-readable',
    family: 'reject',
    status: 409,
    message: 'The mapping in force can not read the record as its system has it, so it can not be changed through it.',
    where: '{id}',
    fix: 'Tell the integration engineer.',
  })
}

/** Something was ordered for an id that is given out, but the record is not there yet. */
export function onItsWay(write: string): HubError {
  return new HubError({
    code: 'record.on-its-way',
    family: 'reject',
    status: 404,
    message: 'The record was ordered, and is on its way to its system; it can be read once it came back from there.',
    where: '{id}',
    fix: `Ask GET /v1/writes/${write} how far it is.`,
    facts: { write },
  })
}
