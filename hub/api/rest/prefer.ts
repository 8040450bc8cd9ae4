/** The header Prefer (RFC 7240) as far as the hub knows it: `wait=N`, in whole seconds, and `respond-async`, which waits for nothing. */

const WAIT_DEFAULT_S = 3
const WAIT_MAX_S = 30

export interface Wait {
  ms: number
  /** For the header Preference-Applied; null: nothing was asked, or nothing that is known. */
  applied: string | null
}

/** What is not understood is ignored, as the RFC wants it; of several the first counts. */
export function waitOf(header: string | string[] | undefined): Wait {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '')
  for (const preference of text.split(',')) {
    const token = preference.split(';')[0]?.trim().toLowerCase() ?? ''
    if (token === 'respond-async') return { ms: 0, applied: 'respond-async' }
    const [, digits] = /^wait\s*=\s*"?(\d{1,9})"?$/.exec(token) ?? []
    if (digits === undefined) continue
    const seconds = Math.min(WAIT_MAX_S, Number(digits))
    return { ms: seconds * 1_000, applied: `wait=${seconds}` }
  }
  return { ms: WAIT_DEFAULT_S * 1_000, applied: null }
}
