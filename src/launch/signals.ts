import { isInForeground } from './process-state.ts'

export interface SignalHost {
  readonly pid: number
  readonly platform: NodeJS.Platform
  on(signal: NodeJS.Signals, listener: () => void): unknown
  off(signal: NodeJS.Signals, listener: () => void): unknown
  kill(pid: number, signal: NodeJS.Signals): unknown
}

/** The terminal gives these to the child by itself, as to all of its foreground process group (termios(3), ISIG). */
const FROM_TERMINAL = ['SIGINT', 'SIGQUIT'] as const
const FORWARDED = ['SIGTERM', 'SIGHUP'] as const

/**
 * Keeps signals from ending us before the child, and passes them on where it does not get them anyway: SIGTERM and
 * SIGHUP always, SIGINT and SIGQUIT only when we are not in the terminal's foreground. Forwarded from there, the child
 * would see one Ctrl-C twice (https://github.com/DopplerHQ/cli/issues/142).
 */
export function relaySignals(
  host: SignalHost,
  childPid: () => number | undefined,
): { readonly stop: () => void } {
  const forward = (signal: NodeJS.Signals) => {
    const pid = childPid()
    if (pid !== undefined) sendSignal(host, pid, signal)
  }
  const listeners = [
    ...FORWARDED.map((signal) => ({ signal, listener: () => forward(signal) })),
    ...FROM_TERMINAL.map((signal) => ({
      signal,
      listener: () => {
        if (!isInForeground(host)) forward(signal)
      },
    })),
  ].filter(({ signal }) => host.platform !== 'win32' || signal !== 'SIGQUIT')
  for (const { signal, listener } of listeners) host.on(signal, listener)
  return {
    stop: () => {
      for (const { signal, listener } of listeners) host.off(signal, listener)
    },
  }
}

/** A child that has just ended is no error. */
export function sendSignal(host: SignalHost, pid: number, signal: NodeJS.Signals): void {
  try {
    host.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
