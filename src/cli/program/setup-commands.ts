import type { Command } from 'commander'
import type { Execute } from './execute.ts'

/** `init`, `login` and `logout`. */
export function addSetup(program: Command, execute: Execute): void {
  addInit(program, execute)
  addLogin(program, execute)
  addLogout(program, execute)
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
        const { init } = await import('../commands/init.ts')
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

function addLogin(program: Command, execute: Execute): void {
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
        const { login } = await import('../commands/login.ts')
        const hasArguments = command.args.length > 0
        return login(context, { isStdin: !!stdin, isChecked: !!check, isKept: !!keep, hasArguments })
      }),
    )
}

function addLogout(program: Command, execute: Execute): void {
  program
    .command('logout')
    .description('delete the stored key of the profile')
    .action((_options, command) =>
      execute(command, async (context) => (await import('../commands/logout.ts')).logout(context)),
    )
}
