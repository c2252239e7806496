import { spawnSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Pty, ptyUnavailable } from './pty.ts'
import { temporaryDirectory } from './temporary-directory.ts'

export type ShellName = 'bash' | 'zsh' | 'fish'

/** Why completions cannot be tried in a shell here; undefined if they can. Tests skip with this reason. */
export function shellUnavailable(name: ShellName): string | undefined {
  if (spawnSync(name, ['--version']).status !== 0) return `completions of ${name} need ${name}`
  return name === 'zsh' ? ptyUnavailable : undefined
}

/** What a shell offers for a command line with the cursor at its end. */
export type Complete = (line: string) => Promise<readonly string[]>

export interface ShellOptions {
  /** The script of completions, which is sourced. */
  readonly script?: string
  /** For zsh: a folder that has it, in `fpath`. */
  readonly folder?: string
  /** The folder that the shell stands in. */
  readonly cwd: string
  /** What is defined before, such as completions of another program. */
  readonly setUp?: string
}

/** bash calls the function with the words as it cuts them at COMP_WORDBREAKS. */
export function completeInBash({ script = '', cwd, setUp = '' }: ShellOptions): Complete {
  const ask = `${setUp}\nsource "$1"\nshift\nCOMP_WORDS=("$@")\nCOMP_CWORD=$(($# - 1))\n_claude_gw\nprintf '%s\\n' "\${COMPREPLY[@]}"`
  return async (line) => linesOf('bash', ['--norc', '-u', '-c', ask, 'bash', script, ...bashWords(line)], cwd)
}

export function completeInFish({ script = '', cwd, setUp = '' }: ShellOptions): Complete {
  const ask = `source $argv[1]\n${setUp}\ncomplete -C "$argv[2]"`
  return async (line) => linesOf('fish', ['--no-config', '-c', ask, script, line], cwd)
}

/** A zsh at a terminal, where a key prints what completion comes to. It goes after the test. */
export async function completeInZsh({
  script = '',
  folder = '',
  cwd,
  setUp = '',
}: ShellOptions): Promise<Complete> {
  const home = temporaryDirectory()
  copyFileSync(join(import.meta.dirname, '../fixtures/completion/zshrc'), join(home, '.zshrc'))
  const env = {
    PATH: process.env['PATH'],
    TERM: 'dumb',
    HOME: home,
    SCRIPT: script,
    FOLDER: folder,
    SET_UP: setUp,
  }
  const zsh = new Pty({ command: 'zsh', args: ['-d', '-i'], env, cwd, rows: 200, columns: 200 })
  onTestFinished(() => zsh.close())
  await zsh.waitFor(/<<ready>>/)
  return async (line) => {
    const from = zsh.output.length
    zsh.write(`\x15${line}\x14`)
    const end = await zsh.waitFor(/<<end>>/, from)
    return [...zsh.output.slice(from, end).matchAll(/<<(?!end>>)(.*?)>>/gs)].map(([, offer = '']) => offer)
  }
}

function linesOf(command: string, args: readonly string[], cwd: string): readonly string[] {
  const { stdout, stderr, status } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0 || stderr) throw new Error(`${command} ended with ${status}: ${stderr}`)
  return stdout.split('\n').filter((line) => line !== '')
}

/** As bash cuts a line into COMP_WORDS: at spaces, and at these characters, which are words themselves. */
function bashWords(line: string): readonly string[] {
  return line.split(' ').flatMap((word) => (word === '' ? [''] : word.split(/([=:@]+)/).filter(Boolean)))
}
