import type { Command } from 'commander'
import { GatewayError } from '../../base/errors.ts'
import { SCHEMA } from '../../config/schema.ts'
import { SHELLS } from '../commands/shells.ts'
import { SETTINGS_SCOPES } from '../config/settings-place.ts'
import type { Execute } from './execute.ts'

/** `serve`, and what leads Claude Code and editors to it: `env` and `settings`. */
export function addServe(program: Command, execute: Execute): void {
  addGateway(program, execute)
  addEnv(program, execute)
  addSettings(program, execute)
}

function addGateway(program: Command, execute: Execute): void {
  program
    .command('serve')
    .description('the gateway alone, until Ctrl-C')
    .option('--port <N>', 'port to listen on; 0 for any free one')
    .option('--json', 'print {"url","token","port","pid"} on one line when ready')
    .option('--new-token', 'replace the token that earlier runs of `serve` used')
    .action((options, command) =>
      execute(command, async (context) => {
        const { serve } = await import('../commands/serve.ts')
        const port = options.port === undefined ? undefined : parsePort(options.port)
        const input = { port, isJson: !!options.json, isNewToken: !!options.newToken }
        // A credential that is still being looked up must not hold up the end.
        process.exit(await serve(context, input))
      }),
    )
}

function parsePort(text: string): number {
  const port = SCHEMA['serve.port'].kind.parse(text)
  if (port !== undefined) return port
  throw new GatewayError('USAGE', { reason: `\`--port ${text}\`: give a number from 0 to 65535` })
}

function addEnv(program: Command, execute: Execute): void {
  program
    .command('env')
    .description('variables that point a shell or an editor at a running `serve`')
    .addOption(program.createOption('--shell <NAME>', 'how to write them').choices(SHELLS).default('sh'))
    .action((options, command) =>
      execute(command, async (context) => {
        const { env } = await import('../commands/env.ts')
        return env(context, { shell: options.shell })
      }),
    )
}

function addSettings(program: Command, execute: Execute): void {
  program
    .command('settings')
    .description('print settings of Claude Code that lead to the upstream of the profile')
    .addOption(
      program.createOption('--scope <SCOPE>', 'for which file').choices(SETTINGS_SCOPES).default('user'),
    )
    .addOption(program.createOption('--editor <NAME>', 'for the settings of an editor').choices(['vscode']))
    .option('--wrapper', 'start Claude Code through `claude-gw-run` instead')
    .action(({ scope, editor, wrapper }, command) =>
      execute(command, async (context) => {
        const { settings } = await import('../commands/settings.ts')
        return settings(context, { scope, editor, isWrapper: !!wrapper })
      }),
    )
}
