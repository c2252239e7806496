import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createProgram } from '../../src/cli/program/program.ts'
import { CONFIG_KEYS } from '../../src/config/schema.ts'
import { runCli } from '../support/cli.ts'
import { Pty, ptyUnavailable } from '../support/pty.ts'
import type { Complete, ShellName, ShellOptions } from '../support/shells.ts'
import { completeInBash, completeInFish, completeInZsh, shellUnavailable } from '../support/shells.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const OPENERS: Readonly<Record<ShellName, (options: ShellOptions) => Complete | Promise<Complete>>> = {
  bash: completeInBash,
  zsh: completeInZsh,
  fish: completeInFish,
}
/** Completions for `claude`, which say what they are asked. */
const CLAUDE_OF: Readonly<Record<ShellName, string>> = {
  bash: '_ask() { COMPREPLY=(of-claude-$COMP_CWORD-$3); }; complete -F _ask claude',
  zsh: '_claude() { compadd -- of-claude-$(( CURRENT - 1 ))-$words[CURRENT-1]; }; compdef _claude claude',
  fish: "complete -c claude -f -a 'of-claude-(count (commandline -opc))-(commandline -opc)[-1]'",
}

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  const reason = shellUnavailable(shell)

  describe.skipIf(reason)(`${shell}${reason ? `: ${reason}` : ''}`, () => {
    test.each([
      ['claude-gw lo', ['login', 'logout', 'logs']],
      ['claude-gw logs ', ['export', 'path', 'prune', 'schema', 'show']],
      ['claude-gw logs --since 2h sh', ['show']],
      ['claude-gw --profile work --upstream https://me@h:80/x conf', ['config']],
      ['claude-gw --log=f logs sc', ['schema']],
      ['claude-gw --log ', ['errors', 'full', 'meta', 'off']],
      ['claude-gw env --shell p', ['powershell']],
      ['claude-gw settings --scope ', ['managed', 'project', 'user']],
      ['claude-gw usage --sort hit', ['hit-rate']],
      ['claude-gw logs show --raw re', ['request', 'response']],
      ['claude-gw config get timeouts.', ['timeouts.connect', 'timeouts.firstByte', 'timeouts.idle']],
      ['claude-gw config set timeouts.idle ', []],
      ['claude-gw config set retry.up', ['retry.upstream']],
      ['claude-gw config set retry.upstream ', ['429', 'connect', 'off']],
      ['claude-gw help logs ', ['export', 'path', 'prune', 'schema', 'show']],
      ['claude-gw help config un', ['unset', 'untrust']],
      ['claude-gw doctor --only stream', ['stream-end', 'streaming']],
      ['claude-gw --summary a', ['a file.json']],
      ['claude-gw policy test a', ['a file.json']],
      ['claude-gw help secu', ['security']],
      ['claude-gw help conf', ['config', 'configuration']],
      ['claude-gw completion ', ['bash', 'fish', 'zsh']],
      ['claude-gw demo x', []],
      ['claude-gw logs export --fo', ['--force']],
      ['claude-gw logs prune --since', []],
      ['claude-gw run --pro', []],
      ['claude-gw --quiet run a', ['a file.json']],
    ])('%s', async (line, offers) => {
      const complete = await open(shell)
      expect((await complete(line)).map(nameOf).toSorted()).toEqual(offers)
    })

    test('a list goes on behind a comma', async () => {
      const complete = await open(shell)
      const offers = (await complete('claude-gw usage --by day,m')).map(nameOf)
      expect(offers.map((offer) => offer.replace('day,', '')).toSorted()).toEqual(['model', 'month'])
    })

    test('behind `run` stands what the completion of claude offers', async () => {
      const complete = await open(shell, CLAUDE_OF[shell])
      expect((await complete('claude-gw --quiet run mcp ')).map(nameOf)).toEqual(['of-claude-2-mcp'])
    })

    test('every command and every option of the program is offered', async () => {
      const complete = await open(shell)
      for (const { path, command } of commandsOf(createProgram(async () => {}))) {
        const names = command.commands.map((inner) => inner.name())
        expect((await complete(`claude-gw ${path}`)).map(nameOf)).toEqual(expect.arrayContaining(names))
        if (command.name() === 'run') continue
        const flags = ['--help', '--profile', ...command.options.map(({ long }) => long)]
        expect((await complete(`claude-gw ${path}--`)).map(nameOf)).toEqual(expect.arrayContaining(flags))
      }
    })

    test('every key of the configuration is offered', async () => {
      const complete = await open(shell)
      const offers = (await complete('claude-gw config unset ')).map(nameOf)
      expect(offers).toEqual(expect.arrayContaining([...CONFIG_KEYS]))
    })

    if (shell === 'bash') return
    test('what is offered is explained', async () => {
      const complete = await open(shell)
      const offers = async (line: string) => (await complete(line)).join()
      expect(await offers('claude-gw logs --wh')).toContain(
        "of which this holds, such as 'usage.output_tokens>1000'",
      )
      expect(await offers('claude-gw logs prun')).toContain('more than `log.retention` wants, as every run')
      expect(await offers('claude-gw config get policies.guard.models')).toContain('or with `!` may not')
    })
  })
}

describe.skipIf(ptyUnavailable)(`bash at a terminal${ptyUnavailable ? `: ${ptyUnavailable}` : ''}`, () => {
  test.each([
    ['claude-gw --log=fu', 'claude-gw --log=full '],
    ['claude-gw --upstream https://h:80 sett', 'claude-gw --upstream https://h:80 settings '],
    ['claude-gw --summary a', 'claude-gw --summary a\\ file.json '],
    ["claude-gw --summary 'a", "claude-gw --summary 'a file.json' "],
    ['claude-gw run a', 'claude-gw run a\\ file.json '],
  ])('%s and TAB', async (line, completed) => {
    const { script, cwd } = await install('bash')
    const env = { PATH: process.env['PATH'], TERM: 'dumb', PS1: '$ ', INPUTRC: '/dev/null' }
    const bash = new Pty({ command: 'bash', args: ['--norc', '--noprofile'], env, cwd, columns: 200 })
    onTestFinished(() => bash.close())
    bash.write(`source ${script}; echo rea''dy\n`)
    const from = await bash.waitFor(/ready\r\n\$ /)
    bash.write(`${line}\t`)
    await bash.waitFor(/ $/, from + line.length)
    expect(bash.output.slice(from)).toBe(completed)
  })
})

const zshReason = shellUnavailable('zsh')
test.skipIf(zshReason)(
  `zsh finds it as a file in fpath, too${zshReason ? `: ${zshReason}` : ''}`,
  async () => {
    const { script, cwd } = await install('zsh')
    const folder = temporaryDirectory()
    copyFileSync(script, join(folder, '_claude-gw'))
    const complete = await completeInZsh({ folder, cwd })
    expect((await complete('claude-gw logs sch')).map(nameOf)).toEqual(['schema'])
    expect((await complete('claude-gw logs sch')).map(nameOf)).toEqual(['schema'])
  },
)

test('a shell that there is no script for is an error that names those there are', async () => {
  const { exitCode, stderr, stdout } = await runCli(['completion', 'powershell'])
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toContain('bash, zsh, fish')
})

async function open(shell: ShellName, setUp = ''): Promise<Complete> {
  return OPENERS[shell]({ ...(await install(shell)), setUp })
}

/** The script of a shell, and a folder to stand in. */
async function install(shell: ShellName): Promise<{ script: string; cwd: string }> {
  const cwd = temporaryDirectory()
  writeFileSync(join(cwd, 'a file.json'), '{}')
  const script = join(temporaryDirectory(), 'completion')
  writeFileSync(script, (await runCli(['completion', shell])).stdout)
  return { script, cwd }
}

/** Without its explanation. */
function nameOf(offer: string): string {
  return (offer.split('\t')[0] ?? '').replaceAll('\\ ', ' ')
}

interface Found {
  /** With a space behind it. */
  readonly path: string
  readonly command: Command
}

function commandsOf(command: Command, path = ''): readonly Found[] {
  const inner = command.commands.flatMap((child) => commandsOf(child, `${path}${child.name()} `))
  return [{ path, command }, ...inner]
}
