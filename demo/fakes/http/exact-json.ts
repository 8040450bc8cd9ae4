/** JSON whose numbers keep every digit: one that a double can't hold stays as it was written. */
const { rawJSON, isRawJSON } = JSON as typeof JSON & {
  rawJSON(text: string): { rawJSON: string }
  isRawJSON(value: unknown): value is { rawJSON: string }
}

export { isRawJSON as isNumberText, rawJSON as numberText }

/** Throws SyntaxError. */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, function (_name, value: unknown, context?: { source?: string }) {
    if (typeof value !== 'number' || context?.source === undefined || String(value) === context.source) return value
    return rawJSON(context.source)
  } as (this: unknown, key: string, value: unknown) => unknown)
}
