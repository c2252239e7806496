import type { Command } from 'commander'
import type { Execute } from './execute.ts'

/** What looks at the upstream: `doctor` and `models`. */
export function addUpstream(program: Command, execute: Execute): void {
  addDoctor(program, execute)
  addModels(program, execute)
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
        const { doctor } = await import('../commands/doctor.ts')
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

function addModels(program: Command, execute: Execute): void {
  program
    .command('models')
    .description('what the upstream serves, by which names it can be asked for, and what it costs')
    .option('--check', 'ask for each whether there is a route to it; costs no tokens')
    .option('--json', 'as one JSON array')
    .action(({ check, json }, command) =>
      execute(command, async (context) => {
        const { models } = await import('../commands/models.ts')
        return models(context, { isJson: !!json, isChecked: !!check })
      }),
    )
}
