import { hash } from 'node:crypto'
import type { Json } from '../../hub/contracts/json.ts'

/** 128 bits of SHA-256 over the values in their column order, as 22 characters; the same row gives the same text. */
export function hashRow(data: Json): string {
  return hash('sha256', JSON.stringify(data), 'base64url').slice(0, 22)
}

export function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}
