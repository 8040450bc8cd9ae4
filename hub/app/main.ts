import 'reflect-metadata'
import { asHubError } from '../contracts/hub-error.ts'
import { runHub, type RunningHub } from './run-hub.ts'
import { settingsHelp } from './settings-page.ts'
import { readSettings } from './settings.ts'

/** Starts the hub from the environment; ends it in order on SIGTERM and SIGINT, at once on the second. */
async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(`${settingsHelp()}\n`)
    return
  }
  let hub: RunningHub | undefined
  let ending = false
  const end = (code: number): void => {
    if (ending) process.exit(code === 0 ? 1 : code)
    ending = true
    void (hub?.stop() ?? Promise.resolve()).then(
      () => process.exit(code),
      (error: unknown) => {
        fail(error)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', () => {
    end(0)
  })
  process.on('SIGINT', () => {
    end(0)
  })
  try {
    hub = await runHub({
      settings: readSettings(process.env),
      print: (line) => process.stdout.write(`${line}\n`),
      onLost: (reason) => {
        process.stderr.write(`${reason}\n`)
        end(1)
      },
    })
  } catch (error) {
    fail(error)
    process.exit(1)
  }
}

function fail(error: unknown): void {
  const { code, message, where, fix, family, internal } = asHubError(error)
  const lines = [
    `Omnihub could not start: ${message}`,
    where,
    fix === undefined ? undefined : `  ${fix}`,
    `  (${code})`,
  ]
  if (family === 'bug') lines.push(internal)
  process.stderr.write(`${lines.filter((line) => line !== undefined).join('\n')}\n`)
}

await main()
