import type { ChildProcessByStdio } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

export interface PtyOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly rows?: number
  readonly columns?: number
}

type PtyEvent = { readonly output: string } | { readonly exit: number }

/** Why there are no pseudo-terminals here; undefined if there are. Tests skip with this reason. */
export const ptyUnavailable = findReason()

function findReason(): string | undefined {
  if (process.platform === 'win32') return 'pseudo-terminals need a Unix'
  const { status } = spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode'])
  return status === 0 ? undefined : 'pseudo-terminals need python3 (3.9 or newer)'
}

/** A program in a pseudo-terminal of its own, driven through Python's `pty`. */
export class Pty {
  /** Everything that it has printed, with what the terminal echoed. */
  output = ''
  readonly #driver: ChildProcessByStdio<Writable, Readable, null>
  readonly #exit: Promise<number>
  #watchers: (() => void)[] = []

  constructor({ command, args, env, cwd, rows = 24, columns = 80 }: PtyOptions) {
    const program = { command, args, env: env ?? process.env, cwd: cwd ?? process.cwd(), rows, columns }
    const driver = join(import.meta.dirname, 'pty-driver.py')
    this.#driver = spawn('python3', [driver, JSON.stringify(program)], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#exit = new Promise((resolve) => {
      createInterface({ input: this.#driver.stdout }).on('line', (line) => this.#take(line, resolve))
    })
  }

  write(text: string): void {
    this.#tell({ write: text })
  }

  resize(rows: number, columns: number): void {
    this.#tell({ resize: [rows, columns] })
  }

  /** Waits until the output has the text, from `from` on. @returns where the match ends */
  async waitFor(pattern: RegExp, from = 0, timeoutMs = 15_000): Promise<number> {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const match = pattern.exec(this.output.slice(from))
      if (match) return from + match.index + match[0].length
      if (Date.now() > deadline)
        throw new Error(`${pattern} did not come within ${timeoutMs} ms. The terminal:\n${this.output}`)
      await this.#nextChange()
    }
  }

  /** The exit code of the program, or -n when signal n ended it. */
  exitCode(): Promise<number> {
    return this.#exit
  }

  /** Ends the program by taking its terminal away. */
  async close(): Promise<void> {
    if (this.#driver.exitCode !== null) return
    const closed = once(this.#driver, 'close')
    this.#driver.kill('SIGKILL')
    await closed
  }

  #tell(command: object): void {
    this.#driver.stdin.write(`${JSON.stringify(command)}\n`)
  }

  #take(line: string, resolve: (exitCode: number) => void): void {
    const event = JSON.parse(line) as PtyEvent
    if ('exit' in event) resolve(event.exit)
    else this.output += event.output
    const watchers = this.#watchers
    this.#watchers = []
    for (const watcher of watchers) watcher()
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      this.#watchers.push(resolve)
      setTimeout(resolve, 200).unref()
    })
  }
}
