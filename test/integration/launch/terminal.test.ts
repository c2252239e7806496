import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { compiledSource } from '../../support/compiled-source.ts'
import { Pty, ptyUnavailable } from '../../support/pty.ts'

const FIXTURES = resolve(import.meta.dirname, '../../fixtures/launch')
const CTRL_C = '\x03'
const CTRL_Z = '\x1a'
const CTRL_BACKSLASH = '\x1c'
const moduleUrl = compiledSource()

describe.skipIf(ptyUnavailable)(`in a terminal${ptyUnavailable ? `: ${ptyUnavailable}` : ''}`, () => {
  for (const [presses, word] of [
    [1, 'one'],
    [3, 'three'],
  ] as const) {
    test(`${word} Ctrl-C is ${word} SIGINT to the child, and its exit code is kept`, async () => {
      const terminal = openLauncher()
      let position = await terminal.waitFor(/ready/)
      for (let press = 0; press < presses; press += 1) {
        terminal.write(CTRL_C)
        position = await terminal.waitFor(/child got SIGINT/, position)
      }
      await delay(300)
      terminal.write('exit 42\n')
      expect(await terminal.exitCode()).toBe(42)
      expect(terminal.output.match(/child got SIGINT/g)).toHaveLength(presses)
    })
  }

  test('Ctrl-\\ is one SIGQUIT to the child, and does not end us', async () => {
    const terminal = openLauncher()
    await terminal.waitFor(/ready/)
    terminal.write(CTRL_BACKSLASH)
    await terminal.waitFor(/child got SIGQUIT/)
    await delay(300)
    terminal.write('exit 6\n')
    expect(await terminal.exitCode()).toBe(6)
    expect(terminal.output.match(/child got SIGQUIT/g)).toHaveLength(1)
  })

  test('a child without a handler ends at Ctrl-C, with 130', async () => {
    const terminal = openLauncher('sh', ['-c', 'echo child ready; exec sleep 60'])
    await terminal.waitFor(/ready/)
    terminal.write(CTRL_C)
    expect(await terminal.exitCode()).toBe(130)
  })

  test('the child sees the size of the window, and its changes', async () => {
    const terminal = openLauncher('sh', ['-c', `stty size; exec "${process.execPath}" "${signalsFixture()}"`])
    await terminal.waitFor(/24 80/)
    await terminal.waitFor(/ready/)
    terminal.resize(40, 132)
    await terminal.waitFor(/child has 40 rows and 132 columns/)
    terminal.write('exit 0\n')
    expect(await terminal.exitCode()).toBe(0)
  })

  test('a killed child leaves the terminal in order', async () => {
    const script = 'stty raw -echo; echo child ready; kill -KILL $$'
    const terminal = openTerminal('sh', [
      '-c',
      `"$@"; echo code $?; stty -a`,
      'sh',
      ...launcherLine('sh', ['-c', script]),
    ])
    await terminal.waitFor(/code 137[\s\S]* icanon [\s\S]* echo /)
    expect(terminal.output).toContain('\x1b[?2004l')
  })

  test('the shell sees a child stopped by Ctrl-Z, and `fg` goes on with it', async () => {
    const shell = openShell()
    const started = await startInShell(shell, process.execPath, [signalsFixture()])
    shell.write(CTRL_Z)
    const stopped = await shell.waitFor(/Stopped/, started)
    shell.write('fg\n')
    const resumed = await shell.waitFor(/child got SIGCONT/, stopped)
    shell.write(CTRL_C)
    await shell.waitFor(/child got SIGINT/, resumed)
    shell.write('exit 9\n')
    await delay(200)
    shell.write('echo code $?\n')
    await shell.waitFor(/code 9/, resumed)
  })

  test('a child that stops only itself stops us as well, and `fg` goes on with both', async () => {
    const shell = openShell()
    const started = await startInShell(shell, process.execPath, [signalsFixture()])
    shell.write('stop\n')
    const stopped = await shell.waitFor(/Stopped/, started)
    shell.write('fg\n')
    const resumed = await shell.waitFor(/child got SIGCONT/, stopped)
    shell.write('exit 8\n')
    await delay(200)
    shell.write('echo code $?\n')
    await shell.waitFor(/code 8/, resumed)
  })

  test('in the background of a terminal, SIGINT to us reaches the child once', async () => {
    const shell = openShell()
    const started = await startInShell(shell, process.execPath, [signalsFixture(), '</dev/null', '&'])
    shell.write('kill -INT $!\n')
    const seen = await shell.waitFor(/child got SIGINT/, started)
    await delay(300)
    shell.write('kill -TERM $!; wait $!; echo code $?\n')
    await shell.waitFor(/code 43/, seen)
    expect(shell.output.match(/child got SIGINT/g)).toHaveLength(1)
  })

  test('a child killed in the background does not stop us', async () => {
    const shell = openShell()
    const started = await startInShell(shell, 'sh', [`-c 'echo child ready; kill -KILL $$'`, '&'])
    shell.write('wait $!; echo code $?\n')
    await shell.waitFor(/code 137/, started)
  })
})

function signalsFixture(): string {
  return join(FIXTURES, 'signals.mjs')
}

function openLauncher(command = process.execPath, args: readonly string[] = [signalsFixture()]): Pty {
  const [program = '', ...rest] = launcherLine(command, args)
  return openTerminal(program, rest)
}

function launcherLine(command: string, args: readonly string[]): string[] {
  return [process.execPath, join(FIXTURES, 'launcher.mjs'), moduleUrl('launch/child.js'), command, ...args]
}

/** An interactive shell, the only place where there is job control. */
function openShell(): Pty {
  return openTerminal('bash', ['--norc', '--noprofile', '-i'])
}

function openTerminal(command: string, args: readonly string[]): Pty {
  const terminal = new Pty({ command, args, env: { PATH: process.env['PATH'], TERM: 'xterm', PS1: '$ ' } })
  onTestFinished(() => terminal.close())
  return terminal
}

/** Types the command line of a launcher. @returns where the output of the child begins */
async function startInShell(shell: Pty, command: string, args: readonly string[]): Promise<number> {
  shell.write(`${launcherLine(command, args).join(' ')}\n`)
  return shell.waitFor(/child \d* ?ready/)
}
