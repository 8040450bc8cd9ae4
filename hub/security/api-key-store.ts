import type { ApiKey, StoredApiKey } from './api-key.ts'

/** Where API keys are kept. The hashes leave it for the verifier only. */
export interface ApiKeyStore {
  /** All keys, revoked and expired ones too, newest first. */
  list(): Promise<ApiKey[]>
  find(id: string): Promise<ApiKey | null>
  /** The keys that may still be used: neither revoked nor expired. */
  usable(): Promise<StoredApiKey[]>
  create(key: Omit<StoredApiKey, 'createdAt' | 'revokedAt' | 'rotatedTo'>): Promise<ApiKey>
  /** Lets a key end when another takes its place; null where it is unknown, over, or rotated already. */
  rotate(id: string, to: string, until: Date): Promise<ApiKey | null>
  /** The key as it is after being revoked (again changes nothing); null where there is none of this id. */
  revoke(id: string): Promise<ApiKey | null>
}
