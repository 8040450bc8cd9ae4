import type { FastifyReply } from 'fastify'
import { createHash } from 'node:crypto'

const JSON_TYPE = 'application/json; charset=utf-8'

/** Sends stored JSON text as it is. */
export function sendJson(reply: FastifyReply, text: string): void {
  reply.header('content-type', JSON_TYPE).send(text)
}

/**
 * Sends text that has a version: with its ETag, or 304 without a body where the caller has it already. A private cache
 * may keep it, but must ask before each use.
 */
export function sendVersioned(reply: FastifyReply, text: string, tag: string, ifNoneMatch: string | undefined): void {
  const etag = `"${tag}"`
  reply.header('etag', etag).header('cache-control', 'private, no-cache')
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, etag)) reply.code(304).send()
  else sendJson(reply, text)
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2): a tag that a proxy weakened is still the same. */
function matches(header: string, etag: string): boolean {
  return header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag)
}

/** A tag for text that has no version of its own. */
export function tagOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}
