import type { KeyVerifier, Principal } from './key-verifier.ts'
import { TokenVerifier } from './token-verifier.ts'

/** Tells who sends a request, by what it presents. */
export interface Verifier {
  /** null for what opens nothing. */
  verify(presented: string): Principal | null | Promise<Principal | null>
}

/** API keys, and tokens of an identity provider where there is one. */
export function keysAndTokens(keys: KeyVerifier, tokens: TokenVerifier | undefined): Verifier {
  if (tokens === undefined) return keys
  return {
    verify: (presented) =>
      TokenVerifier.looksLikeToken(presented) ? tokens.verify(presented) : keys.verify(presented),
  }
}
