/** A Markdown guide as a shell script: what a reader would do who follows it to the letter. */

const BLOCK = /^```(\w+)\n([^]*?)^```$/gm
const FILE = /^(?:\/\/|#) ([\w./-]+\.\w+)\n/
const END = 'END_OF_THE_GUIDES_FILE'

/**
 * Shell blocks are run, in their order and in one shell; a block of another language whose first line names a file
 * (`// client.ts`, `# config.yaml`) becomes that file. Stops at the first command that fails, and ends what it left running.
 */
export function guideScript(markdown: string): string {
  const steps = [...markdown.matchAll(BLOCK)].flatMap(([, language, text = '']) => {
    if (language === 'sh') return [text]
    const path = FILE.exec(text)?.[1]
    return path === undefined ? [] : [fileStep(path, text)]
  })
  const prologue = ['set -eu -o pipefail', `trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT`, '']
  return [...prologue, ...steps].join('\n')
}

function fileStep(path: string, text: string): string {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.'
  return `mkdir -p '${folder}'\ncat > '${path}' <<'${END}'\n${text}${END}\n`
}
