import type { Command } from 'commander'
import { COMPLETION_SHELLS } from '../help/completion-shells.ts'
import { TOPICS } from '../help/topics.ts'
import type { Execute } from './execute.ts'

/** `completion` and `help`. To be added behind all others: the command of the same name that commander has goes away with it. */
export function addHelp(program: Command, execute: Execute): void {
  addCompletion(program, execute)
  program
    .command('help')
    .usage('[command or topic]')
    .description('explain a command, or a topic')
    .argument('[topic...]')
    .action((words, _options, command) =>
      execute(command, async (context) => {
        const { help } = await import('../commands/help.ts')
        return help(context, { words, program })
      }),
    )
  program.helpCommand(false).addHelpText('after', topicsHelp())
}

function addCompletion(program: Command, execute: Execute): void {
  program
    .command('completion')
    .description('print a script for your shell that completes commands and options with TAB')
    .addArgument(program.createArgument('<shell>', 'which shell').choices(COMPLETION_SHELLS))
    .action((shell, _options, command) =>
      execute(command, async (context) => {
        const { completion } = await import('../commands/completion.ts')
        return completion(context, { shell, program })
      }),
    )
}

function topicsHelp(): string {
  const rows = TOPICS.map(({ name, title }) => `  ${name.padEnd(19)} ${title}`)
  return `\nTopics (\`claude-gw help TOPIC\`):\n${rows.join('\n')}`
}
