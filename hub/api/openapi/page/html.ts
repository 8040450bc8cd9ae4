import type { Json } from '../../../contracts/json.ts'

/** Paragraphs of text with `code` in it. */
export function paragraphs(text: Json | undefined): string {
  return String(text ?? '')
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => `<p>${inline(paragraph)}</p>`)
    .join('')
}

/** Text with `code` in it. */
export function inline(text: Json | undefined): string {
  return escape(text ?? '').replace(/`([^`]+)`/g, '<code>$1</code>')
}

/** A block of code, with its language or what it is above it. */
export function codeBlock(code: string, label: string): string {
  return `<figure><figcaption>${escape(label)}</figcaption><pre>${escape(code)}</pre></figure>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escape(value: Json | undefined): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value ?? '')
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}

export function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}
