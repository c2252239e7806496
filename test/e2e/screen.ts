import { execFileSync, spawnSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'

/** Why there are no terminals to look at; undefined if there are. Tests skip with this reason. */
export const screenUnavailable =
  spawnSync('tmux', ['-V']).status === 0 ? undefined : 'the terminal tests need tmux'

let count = 0

/** An interactive shell in a terminal whose screen can be read, in a tmux server of its own. */
export class Screen {
  readonly #server = `claude-gw-test-${process.pid}-${count++}`

  constructor(env: Readonly<Record<string, string | undefined>>, cwd: string) {
    const variables = Object.entries({ TERM: 'xterm-256color', PS1: '$ ', ...env }).map(
      ([name, value]) => `${name}=${value}`,
    )
    const shell = ['env', '-i', ...variables, 'bash', '--norc', '--noprofile', '-i']
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', '120', '-y', '40', '-c', cwd, ...shell)
  }

  /** Types a text as it stands. */
  type(text: string): void {
    this.#tmux('send-keys', '-l', '--', text)
  }

  /** Presses a key as tmux(1) names it: `Enter`, `C-c`. */
  press(key: string): void {
    this.#tmux('send-keys', key)
  }

  /** What is on the screen now; a line that is broken over two rows is one. */
  text(): string {
    return this.#tmux('capture-pane', '-p', '-J')
  }

  /** Waits until the screen has the text. @returns the screen */
  async waitFor(pattern: RegExp, timeoutMs = 20_000): Promise<string> {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const text = this.text()
      if (pattern.test(text)) return text
      if (Date.now() > deadline) throw new Error(`${pattern} did not come. The screen:\n${text}`)
      await delay(50)
    }
  }

  /** Ends the shell and all that it started. */
  async close(): Promise<void> {
    const session = this.#tmux('list-panes', '-F', '#{pane_pid}').trim()
    this.#tmux('kill-server')
    spawnSync('pkill', ['-KILL', '-s', session])
    while (spawnSync('pgrep', ['-s', session]).status === 0) await delay(20)
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-L', this.#server, ...args], { encoding: 'utf8' })
  }
}
