import { isInForeground, isStopped } from './process-state.ts'
import type { SignalHost } from './signals.ts'
import { sendSignal } from './signals.ts'

/** `ps` costs more than a look into /proc. */
const LINUX_INTERVAL_MS = 250
const OTHER_INTERVAL_MS = 1000
/** How long after a SIGCONT a stopped child is taken for one that is about to go on. */
const SETTLE_MS = 300

/**
 * Ctrl-Z stops the whole process group, and us with it. This is for a child that stops only itself: then we stop as
 * well, so that the shell says so, and `fg` continues both. Does nothing without a terminal.
 */
export function followStops(host: SignalHost, childPid: number): { readonly stop: () => void } {
  if (host.platform === 'win32' || !isInForeground(host)) return { stop: () => {} }
  let sightings = 0
  let continuedAt = 0
  const onContinue = () => {
    continuedAt = performance.now()
    sightings = 0
    if (isStopped(childPid, host.platform)) sendSignal(host, childPid, 'SIGCONT')
  }
  const look = () => {
    sightings = isStopped(childPid, host.platform) ? sightings + 1 : 0
    if (sightings < 2 || performance.now() - continuedAt < SETTLE_MS) return
    sightings = 0
    host.kill(host.pid, 'SIGTSTP')
  }
  host.on('SIGCONT', onContinue)
  const timer = setInterval(look, host.platform === 'linux' ? LINUX_INTERVAL_MS : OTHER_INTERVAL_MS)
  timer.unref()
  return {
    stop: () => {
      clearInterval(timer)
      host.off('SIGCONT', onContinue)
    },
  }
}
