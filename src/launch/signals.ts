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

export interface SignalRelay {
  /** The process id of the child while it runs. */
  readonly childPid: () => number | undefined
  /** How long after a SIGTERM to us a child that does not end is killed, as a service manager does it with a service. */
  readonly killAfterMs: number
}

/**
 * Keeps signals from ending us, and passes them on where the child does not get them anyway: SIGTERM and SIGHUP
 * always, SIGINT and SIGQUIT only when we are not in the terminal's foreground. Forwarded from there, the child would
 * see one Ctrl-C twice (https://github.com/DopplerHQ/cli/issues/142).
 */
export function relaySignals(
  host: SignalHost,
  { childPid, killAfterMs }: SignalRelay,
): { readonly stop: () => void } {
  let killTimer: NodeJS.Timeout | undefined
  const forward = (signal: NodeJS.Signals) => {
    const pid = childPid()
    if (pid !== undefined) sendSignal(host, pid, signal)
  }
  const end = () => {
    forward('SIGTERM')
    killTimer ??= setTimeout(() => forward('SIGKILL'), killAfterMs).unref()
  }
  const listeners = [
    { signal: 'SIGTERM', listener: end } as const,
    { signal: 'SIGHUP', listener: () => forward('SIGHUP') } as const,
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
      clearTimeout(killTimer)
      for (const { signal, listener } of listeners) host.off(signal, listener)
    },
  }
}

/** Never throws, for use in a listener: a child that has just ended, or belongs to another user now, does not get it. */
export function sendSignal(host: SignalHost, pid: number, signal: NodeJS.Signals): void {
  try {
    host.kill(pid, signal)
  } catch {}
}
