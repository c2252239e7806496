import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { GatewayError } from '../base/errors.ts'
import { GLOBAL_OPTIONS } from '../config/global-options.ts'
import type { ConfigKey } from '../config/schema.ts'
import { environmentName, SCHEMA } from '../config/schema.ts'
import { toGlobalOptions } from './arguments.ts'
import { SHELLS } from './commands/shells.ts'
import { addConfig } from './config-commands.ts'
import { createContext } from './context.ts'
import type { Execute } from './execute.ts'
import { addHelp } from './help-commands.ts'
import { addLogs } from './log-commands.ts'
import { print } from './output.ts'
import { addPolicy } from './policy-commands.ts'
import { SETTINGS_SCOPES } from './settings-place.ts'
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
  addInit(program, execute)
  addKeys(program, execute)
  addServers(program, execute)
  addSettings(program, execute)
  addLogs(program, execute)
  addUsage(program, execute)
  addConfig(program, execute)
  addPolicy(program, execute)
  addDoctor(program, execute)
  addModels(program, execute)
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

function addInit(program: Command, execute: Execute): void {
  program
    .command('init')
    .description('set up a profile, with questions or by options: upstream, key, and a look whether it works')
    .option('--auth <STYLE>', 'how the key is sent, instead of finding it by trying')
    .option('--key-stdin', 'take the key from stdin, for the keychain')
    .option('--no-check', 'ask the upstream nothing')
    .option('--yes', 'take what would be offered, without a question')
    .option('--force', 'replace what is there')
    // What comes too much is refused by the command itself, which does not repeat it: it may be a key.
    .allowUnknownOption()
    .allowExcessArguments()
    .action(({ auth, keyStdin, check, yes, force }, command) =>
      execute(command, async (context) => {
        const { init } = await import('./commands/init.ts')
        return init(context, {
          auth,
          isKeyStdin: !!keyStdin,
          isChecked: check,
          isYes: !!yes,
          isForced: !!force,
          hasArguments: command.args.length > 0,
        })
      }),
    )
}

function addKeys(program: Command, execute: Execute): void {
  program
    .command('login')
    .description('store a key in the OS keychain, for the upstream of the profile')
    .option('--stdin', 'take it from stdin, and replace what is stored')
    .option('--check', 'prove it with one request before it is stored')
    .option('--keep', 'confirm that the stored key is for this upstream')
    // What comes too much is refused by the command itself, which does not repeat it: it may be a key.
    .allowUnknownOption()
    .allowExcessArguments()
    .action(({ stdin, check, keep }, command) =>
      execute(command, async (context) => {
        const { login } = await import('./commands/login.ts')
        const hasArguments = command.args.length > 0
        return login(context, { isStdin: !!stdin, isChecked: !!check, isKept: !!keep, hasArguments })
      }),
    )
  program
    .command('logout')
    .description('delete the stored key of the profile')
    .action((_options, command) =>
      execute(command, async (context) => (await import('./commands/logout.ts')).logout(context)),
    )
}

function addServers(program: Command, execute: Execute): void {
  program
    .command('serve')
    .description('the gateway alone, until Ctrl-C')
    .option('--port <N>', 'port to listen on; 0 for any free one', parsePort)
    .option('--json', 'print {"url","token","port","pid"} on one line when ready')
    .option('--new-token', 'replace the token that earlier runs of `serve` used')
    .action((options, command) =>
      execute(command, async (context) => {
        const { serve } = await import('./commands/serve.ts')
        const input = { port: options.port, isJson: !!options.json, isNewToken: !!options.newToken }
        // A credential that is still being looked up must not hold up the end.
        process.exit(await serve(context, input))
      }),
    )
  program
    .command('env')
    .description('variables that point a shell or an editor at a running `serve`')
    .addOption(new Option('--shell <NAME>', 'how to write them').choices(SHELLS).default('sh'))
    .action((options, command) =>
      execute(command, async (context) => {
        const { env } = await import('./commands/env.ts')
        return env(context, { shell: options.shell })
      }),
    )
}

function addSettings(program: Command, execute: Execute): void {
  program
    .command('settings')
    .description('print settings of Claude Code that lead to the upstream of the profile')
    .addOption(new Option('--scope <SCOPE>', 'for which file').choices(SETTINGS_SCOPES).default('user'))
    .addOption(new Option('--editor <NAME>', 'for the settings of an editor').choices(['vscode']))
    .option('--wrapper', 'start Claude Code through `claude-gw-run` instead')
    .action(({ scope, editor, wrapper }, command) =>
      execute(command, async (context) => {
        const { settings } = await import('./commands/settings.ts')
        return settings(context, { scope, editor, isWrapper: !!wrapper })
      }),
    )
}

function addModels(program: Command, execute: Execute): void {
  program
    .command('models')
    .description('what the upstream serves, by which names it can be asked for, and what it costs')
    .option('--check', 'ask for each whether there is a route to it; costs no tokens')
    .option('--json', 'as one JSON array')
    .action(({ check, json }, command) =>
      execute(command, async (context) => {
        const { models } = await import('./commands/models.ts')
        return models(context, { isJson: !!json, isChecked: !!check })
      }),
    )
}

function addDoctor(program: Command, execute: Execute): void {
  program
    .command('doctor')
    .description('look at this machine and at the upstream, and say what is wrong and what mends it')
    .option('--offline', 'ask nothing of the upstream')
    .option('--live', 'also ask for answers, which cost some hundred tokens')
    .option('--slow', 'also what takes minutes, and some thousand tokens')
    .option('--model <NAME>', 'ask this model instead of those in use')
    .option('--only <IDS>', 'these checks alone, by their ids, parted by commas')
    .option('--json', 'as one JSON object')
    .action(({ offline, live, slow, model, only, json }, command) =>
      execute(command, async (context) => {
        const { doctor } = await import('./commands/doctor.ts')
        return doctor(context, {
          isOffline: !!offline,
          isLive: !!live,
          isSlow: !!slow,
          isJson: !!json,
          model,
          only,
        })
      }),
    )
}

function addDemo(program: Command, execute: Execute): void {
  program
    .command('demo')
    .description('try it all against an embedded upstream: no account, no network')
    .action((_options, command) =>
      execute(command, async (context) => (await import('./commands/demo.ts')).demo(context)),
    )
}

function parsePort(text: string): number {
  const port = SCHEMA['serve.port'].kind.parse(text)
  if (port === undefined) throw new InvalidArgumentError('It must be a port number from 0 to 65535.')
  return port
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
