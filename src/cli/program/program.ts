import { Command, CommanderError } from 'commander'
import { GatewayError } from '../../base/errors.ts'
import { GLOBAL_OPTIONS } from '../../config/global-options.ts'
import type { ConfigKey } from '../../config/schema.ts'
import { environmentName, SCHEMA } from '../../config/schema.ts'
import { toGlobalOptions } from '../arguments.ts'
import { print } from '../output.ts'
import { createContext } from '../process-context.ts'
import { addConfig } from './config-commands.ts'
import type { Execute } from './execute.ts'
import { addHelp } from './help-commands.ts'
import { addLogs } from './log-commands.ts'
import { addPolicy } from './policy-commands.ts'
import { addServe } from './serve-commands.ts'
import { addSetup } from './setup-commands.ts'
import { addUpstream } from './upstream-commands.ts'
import { addUsage } from './usage-command.ts'

/** Runs any command but `run`, `key` and `statusline`, which have their own short ways. @returns the exit code */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let exitCode = 0
  const program = createProgram(async (command, run) => {
    try {
      exitCode = await run(createContext(toGlobalOptions(command.optsWithGlobals())))
    } catch (error) {
      throw usageOf(command, error)
    }
  })
  try {
    await program.parseAsync(argv.length === 0 ? ['help'] : [...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? 0 : 2
  }
  return exitCode
}

/** A usage error leads to the help of its own command; any other stays as it is. */
function usageOf(command: Command, error: unknown): unknown {
  if (!(error instanceof GatewayError) || error.code !== 'USAGE') return error
  const names: string[] = []
  for (let at: Command | null = command; at; at = at.parent) names.unshift(at.name())
  return new GatewayError('USAGE_OF_COMMAND', { reason: error.message, command: names.join(' ') }, error)
}

/** The table of the commands; each loads its code only when it is called. */
export function createProgram(execute: Execute): Command {
  const program = new Command('claude-gw')
    .description('A local sidecar for Claude Code: type `claude-gw run` in place of `claude`.')
    .usage('[options] <command>')
    .version('', '-V, --version', 'print the version')
    .exitOverride()
    // As of itself it would end with an error where nobody reads on, as in `claude-gw help | head`.
    .configureOutput({ writeOut: (text) => void print(process.stdout, text) })
    .showSuggestionAfterError()
  for (const { name, value, help } of GLOBAL_OPTIONS) {
    program.option(value === undefined ? `--${name}` : `--${name} <${value}>`, help)
  }
  addLaunchers(program)
  addSetup(program, execute)
  addServe(program, execute)
  addLogs(program, execute)
  addUsage(program, execute)
  addConfig(program, execute)
  addPolicy(program, execute)
  addUpstream(program, execute)
  addDemo(program, execute)
  addHelp(program, execute)
  return program.addHelpText('after', environmentHelp())
}

/** These never come here to be run, only to be explained by `claude-gw help run`. */
function addLaunchers(program: Command): void {
  program
    .command('run')
    .usage('[claude arguments…]')
    .description(
      'gateway and claude together; everything after `run` goes to claude, the exit code is claude’s',
    )
    .allowUnknownOption()
  program
    .command('key')
    .description('print the credential, one line: for use as apiKeyHelper; in a run, the token of that run')
  program
    .command('statusline')
    .description('print what the session cost so far, one line: for the status line of Claude Code')
}

function addDemo(program: Command, execute: Execute): void {
  program
    .command('demo')
    .description('try it all against an embedded upstream: no account, no network')
    .action((_options, command) =>
      execute(command, async (context) => (await import('../commands/demo.ts')).demo(context)),
    )
}

function environmentHelp(): string {
  const rows = (Object.keys(SCHEMA) as ConfigKey[]).map(
    (name) => `  ${environmentName(name).padEnd(35)} ${SCHEMA[name].help}`,
  )
  const directories = [
    `  ${'CLAUDE_GW_CONFIG_DIR'.padEnd(35)} where your configuration file is kept`,
    `  ${'CLAUDE_GW_STATE_DIR'.padEnd(35)} where logs and the list of running gateways are kept`,
  ]
  return `\nEnvironment (an option of the same name goes before it):\n${[...rows, ...directories].join('\n')}`
}
