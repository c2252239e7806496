import type { Command, OptionValues } from 'commander'
import type { UsageOptions } from '../commands/usage.ts'
import { AXIS_NAMES } from '../usage/usage-axes.ts'
import { SORT_KEYS } from '../usage/usage-order.ts'
import type { Execute } from './execute.ts'

/** `usage` in the table of commands. */
export function addUsage(program: Command, execute: Execute): void {
  program
    .command('usage')
    .description('tokens, cache hits, cost and speed, added up from the ledger')
    .option('--by <WHAT>', `${AXIS_NAMES.join(', ')}; or two with a comma`, 'day')
    .option('--since <TIME>', 'from then on: a duration such as 7d, a date or a time, local')
    .option('--until <TIME>', 'up to then; a date is all of that day')
    .option('--model <NAME>', 'of this model; a part of its name is enough')
    .option('--project <NAME>', 'of this project')
    .option('--session <ID>', 'of this session; the first characters are enough')
    .option('--user <NAME>', 'of this user')
    .option('--sort <WHAT>', SORT_KEYS.join(', '))
    .option('-n, --count <N>', 'how many rows')
    .option(
      '--from <WHAT>',
      'what is read: ledger, or the traffic log, which is kept for a shorter time: log',
      'ledger',
    )
    .option('--reprice', 'costs by the prices of today, computed again from the tokens')
    .option('--reconcile', 'compare each session with the transcripts of Claude Code')
    .option('--json', 'one object, for scripts')
    .option('--csv', 'comma-separated values, for spreadsheets')
    .addHelpText(
      'after',
      '\nWithout --since all that is kept is counted. `--profile NAME` counts that profile alone.',
    )
    .action((options, command) =>
      execute(command, async (context) => {
        const input = { ...options, profile: context.options.flags.profile }
        if (options.reconcile)
          return (await import('../commands/usage-reconcile.ts')).usageReconcile(context, input)
        return (await import('../commands/usage.ts')).usage(context, toUsageOptions(input))
      }),
    )
}

function toUsageOptions({ reprice, ...options }: OptionValues): UsageOptions {
  return { ...options, isRepriced: !!reprice }
}
