import { asHubError, HubError } from '../../contracts/hub-error.ts'
import { compileModel } from '../../identity/model.ts'

/** The document itself, after checking it; throws for a caller who sent it, with a JSON pointer to the fault. */
export function checkedModel(document: unknown): unknown {
  try {
    compileModel(document)
    return document
  } catch (error) {
    const known = asHubError(error)
    if (known.code !== 'matching.invalid') throw error
    const { code, message, fix } = known
    const where = known.where?.slice(known.where.indexOf('#') + 1) ?? ''
    throw new HubError({ code, family: 'reject', message, where, ...(fix === undefined ? {} : { fix }) })
  }
}

export function unknownVersion(what: 'model' | 'snapshot'): HubError {
  return new HubError({
    code: 'matching.unknown-version',
    family: 'reject',
    status: 404,
    message: `There is no such version of the matching ${what}.`,
  })
}

export function alreadyInForce(what: 'model' | 'snapshot'): HubError {
  return new HubError({
    code: 'matching.already-in-force',
    family: 'reject',
    status: 409,
    message: `This ${what} is in force already.`,
  })
}

export function nothingToRollBack(): HubError {
  return new HubError({
    code: 'matching.nothing-to-roll-back',
    family: 'reject',
    status: 409,
    message: 'No other matching model was ever in force.',
  })
}

export function noSnapshot(): HubError {
  return new HubError({
    code: 'matching.no-snapshot',
    family: 'reject',
    status: 409,
    message: 'No snapshot is in force: the model’s own figures count.',
  })
}

export function busy(): HubError {
  return new HubError({
    code: 'matching.busy',
    family: 'reject',
    status: 409,
    message: 'The hub is learning from the stored records already.',
    fix: 'Wait until that is done, then try again.',
  })
}

export function notReady(): HubError {
  return new HubError({
    code: 'matching.not-ready',
    family: 'retry',
    message: 'No matching model is in force yet: the hub is still starting.',
    retryAfterMs: 1_000,
  })
}
