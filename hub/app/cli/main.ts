import { packageVersion } from '../package-folder.ts'
import { COMMANDS, GROUPS } from './commands.ts'
import { processIo } from './shared/io.ts'
import { runCli } from './shared/program.ts'

// `omnihub mapping preview ... | head` closes the pipe early: nobody wants the rest, and nothing is wrong.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
}

// Not exit(): what was written must leave first, and a started hub goes on.
process.exitCode = await runCli(
  process.argv.slice(2),
  { commands: COMMANDS, groups: GROUPS, version: packageVersion() },
  processIo(),
)
