import type { Command } from 'commander'
import type { Execute } from './execute.ts'

/** The commands below `config`; each loads its code only when it is called. */
export function addConfig(program: Command, execute: Execute): void {
  const config = program
    .command('config')
    .description('what is configured, where each value comes from, and how to change it')
  addReaders(config, execute)
  addEditors(config, execute)
  addTrust(config, execute)
}

function addReaders(config: Command, execute: Execute): void {
  config
    .command('list')
    .description('every key with its value')
    .option('--origin', 'also where each value stands, and what it shadows')
    .option('--json', 'all of that as one JSON array')
    .action(({ origin, json }, command) =>
      execute(command, async (context) => {
        const { configList } = await import('../commands/config-list.ts')
        return configList(context, { hasOrigin: !!origin, isJson: !!json })
      }),
    )
  config
    .command('get <key>')
    .description('the value of one key, such as `upstream`, `tags.project` or `profiles.work.upstream`')
    .option('--json', 'with its origin and what it shadows')
    .action((key, { json }, command) =>
      execute(command, async (context) => {
        const { configGet } = await import('../commands/config-get.ts')
        return configGet(context, { key, isJson: !!json })
      }),
    )
  config
    .command('path')
    .description('print the path of your configuration file')
    .option('--project', 'of the `.claude-gw.json` that this folder has')
    .option('--machine', 'of the file that the administrator of this machine may leave')
    .action(({ project, machine }, command) =>
      execute(command, async (context) => {
        const { configPath } = await import('../commands/config-path.ts')
        return configPath(context, { isProject: !!project, isMachine: !!machine })
      }),
    )
}

function addEditors(config: Command, execute: Execute): void {
  config
    .command('set <key> <value>')
    .description('store a value in your file; with `--profile NAME`, for that profile')
    .action((key, value, _options, command) =>
      execute(command, async (context) => {
        const { configSet } = await import('../commands/config-edit.ts')
        return configSet(context, { key, value })
      }),
    )
  config
    .command('unset <key>')
    .description('take a value out of your file again, or a whole profile: `profiles.work`')
    .action((key, _options, command) =>
      execute(command, async (context) => {
        const { configUnset } = await import('../commands/config-edit.ts')
        return configUnset(context, { key })
      }),
    )
}

function addTrust(config: Command, execute: Execute): void {
  config
    .command('trust')
    .description('let the `.claude-gw.json` of this folder count, until it changes')
    .option('--yes', 'without a question')
    .action(({ yes }, command) =>
      execute(command, async (context) => {
        const { configTrust } = await import('../commands/config-trust.ts')
        return configTrust(context, { isConfirmed: !!yes })
      }),
    )
  config
    .command('untrust')
    .description('take that back')
    .action((_options, command) =>
      execute(command, async (context) =>
        (await import('../commands/config-trust.ts')).configUntrust(context),
      ),
    )
}
