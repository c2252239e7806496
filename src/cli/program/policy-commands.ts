import type { Command } from 'commander'
import type { Execute } from './execute.ts'

/** The commands below `policy`. */
export function addPolicy(program: Command, execute: Execute): void {
  program
    .command('policy')
    .description('what the policies of the configuration do')
    .command('test <request>')
    .description(
      'try them on the body of a request, in a file (`-` is stdin), or of a logged exchange, by its id; sends nothing',
    )
    .option('--text', 'with the texts that were found, which are hidden otherwise')
    .option('--json', 'as one JSON object')
    .addHelpText('after', '\nExit code 0: it would be sent; 1: it would be refused.')
    .action((request, { text, json }, command) =>
      execute(command, async (context) => {
        const { policyTest } = await import('../commands/policy-test.ts')
        return policyTest(context, { request, isTextShown: !!text, isJson: !!json })
      }),
    )
}
