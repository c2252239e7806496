import type { Gateway } from '../../gateway/gateway.ts'
import type { Patience } from '../../gateway/listener.ts'
import type { Context } from '../context.ts'

/** As long as Claude Code itself waits for one request (API_TIMEOUT_MS). */
const LONGEST_MS = 600_000
const NOTE_AFTER_MS = 1_000
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Tells later whether this process was asked to end; then nothing is waited for much longer. */
export function watchTermination(): () => boolean {
  let isAsked = false
  process.once('SIGTERM', () => {
    isAsked = true
  })
  return () => isAsked
}

/**
 * Closes the gateway after its child. A process that the child left behind may be in the middle of an answer: that
 * comes to its end first, unless a signal says otherwise.
 */
export async function drain(context: Context, gateway: Gateway, isTerminated: boolean): Promise<void> {
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  for (const signal of SIGNALS) process.once(signal, onSignal)
  const note = setTimeout(() => noteWaiting(context), NOTE_AFTER_MS)
  const patience: Patience = { signal: stop.signal, ...(!isTerminated && { graceMs: LONGEST_MS }) }
  try {
    await gateway.close(patience)
  } finally {
    clearTimeout(note)
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
}

function noteWaiting({ stderr, options }: Context): void {
  if (!options.isQuiet)
    stderr.write(
      'claude-gw: a process that was started in the session still gets an answer; waiting for its end, Ctrl-C cuts it\n',
    )
}
