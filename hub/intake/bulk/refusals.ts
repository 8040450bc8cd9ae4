import { HubError } from '../../contracts/hub-error.ts'

export function unknownImport(): HubError {
  return new HubError({
    code: 'import.unknown',
    family: 'reject',
    status: 404,
    message: 'There is no such import, or it is not yours.',
    where: '{id}',
  })
}

export function over(): HubError {
  return new HubError({
    code: 'import.over',
    family: 'reject',
    status: 409,
    message: 'The import has ended.',
    where: '{id}',
    fix: 'Begin another one; what was taken before counts once.',
  })
}

export function otherImport(): HubError {
  return new HubError({
    code: 'import.other',
    family: 'reject',
    status: 409,
    message: 'There is another job of this id: of another key, or of other records.',
    where: '?id',
    fix: 'Leave `id` out, or give it a new UUID. To go on with an import, send the same `system`, `entity` and `batch`.',
  })
}

/** @param next number of the line that is wanted */
export function lineGap(next: number): HubError {
  return new HubError({
    code: 'import.line.gap',
    family: 'reject',
    status: 409,
    message: `The lines before this one are missing: the import wants line ${next} next.`,
    where: '?fromLine',
    fix: `Send it from line ${next} on, or from any line before that.`,
    facts: { nextLine: next },
  })
}

export function notYours(): HubError {
  return new HubError({
    code: 'import.system.forbidden',
    family: 'reject',
    status: 403,
    message: 'This key may import records of its own system only.',
    where: '?system',
  })
}

export function unknownSystem(): HubError {
  return new HubError({
    code: 'import.system.unknown',
    family: 'reject',
    status: 422,
    message: 'The hub knows no system of this name.',
    where: '?system',
    fix: 'Correct the name, or describe the system in config/systems/<name>.yaml.',
  })
}

export function noMapping(): HubError {
  return new HubError({
    code: 'import.mapping.unknown',
    family: 'reject',
    status: 422,
    message: 'The system has no mapping in force for this entity.',
    where: '?entity',
    fix: 'Publish a mapping first, or correct the name.',
  })
}

export function noKey(): HubError {
  return new HubError({
    code: 'import.mapping.no-key',
    family: 'reject',
    status: 422,
    message: 'The mapping of this entity does not say which field is the key of a record.',
    where: '?entity',
    fix: 'Write `key:` into the mapping, or send CloudEvents, which name the key themselves.',
  })
}

export function tooMany(max: number): HubError {
  return new HubError({
    code: 'import.too-many',
    family: 'retry',
    message: `This process takes at most ${max} imports at a time.`,
    fix: 'Try again when one of them has ended.',
    retryAfterMs: 10_000,
  })
}
