import { parseGlobalOptions, splitArguments } from './cli/arguments.ts'
import { reportError } from './cli/run/report.ts'
import { ownVersion } from './cli/version.ts'

process.exitCode = await main(process.argv.slice(2))

/** From arguments to the exit code. `run` has a short way of its own, since someone waits for the child. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    const { before, command, after } = splitArguments(argv)
    if (before.includes('--version') || before.includes('-V')) return printVersion()
    if (command === undefined) return await (await import('./cli/program/program.ts')).runProgram(argv)
    const options = parseGlobalOptions(before)
    const { createContext } = await import('./cli/process-context.ts')
    const context = createContext(command === 'run' ? options : { ...options, isQuiet: true })
    const { run, runProgram } = await import('./cli/commands/run.ts')
    process.exit(await (command === 'run' ? run(context, after) : runProgram(context, after)))
  } catch (error) {
    return reportError(process.stderr, error, argv.includes('--verbose'))
  }
}

function printVersion(): number {
  process.stdout.on('error', () => {}).write(`${ownVersion()}\n`)
  return 0
}
