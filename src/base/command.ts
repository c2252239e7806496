/** How an external command ended. `not-found` is not a failure of the command: it is not there. */
export type CommandOutcome =
  | { readonly kind: 'exited'; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'failed'; readonly reason: string }

export interface CommandOptions {
  readonly timeoutMs: number
}

/** More than this on stdout or stderr ends the command. */
const MAX_OUTPUT_BYTES = 4 * 1024 ** 2

/** Runs a program without a shell and without stdin, and gives what it printed. Never throws. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandOutcome> {
  const { execa } = await import('execa')
  const result = await execa(file, args, {
    reject: false,
    // No program comes from the folder that we are in: Windows looks there first, and PATH may name it.
    cwd: '/',
    stdin: 'ignore',
    stripFinalNewline: false,
    windowsHide: true,
    timeout: options.timeoutMs,
    maxBuffer: MAX_OUTPUT_BYTES,
  })
  const { exitCode, stdout, stderr, signal } = result
  if (result.timedOut) return { kind: 'failed', reason: `it did not end within ${options.timeoutMs} ms` }
  if (result.isMaxBuffer) return { kind: 'failed', reason: 'it printed too much' }
  if (exitCode !== undefined) return { kind: 'exited', exitCode, stdout, stderr }
  if (signal !== undefined) return { kind: 'failed', reason: `it was ended by ${signal}` }
  return result.code === 'ENOENT'
    ? { kind: 'not-found' }
    : { kind: 'failed', reason: result.code ?? result.shortMessage ?? 'it could not be started' }
}
