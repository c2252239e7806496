import { setTimeout as delay } from 'node:timers/promises'
import type { StoppableHost } from '../../credentials/stop-signals.ts'

/** A host that a signal ends only when what is being written is whole, or taken back. */
export interface WriteGuard extends StoppableHost {
  /** @param write does it, and takes it back itself where it fails */
  readonly during: (write: () => Promise<void>, onStop: StopReaction) => Promise<void>
}

/** What is done about a signal that comes while something is written, before it ends the process. */
export interface StopReaction {
  /** It is waiting for something, as for a prompt of the keychain. */
  readonly takeBack: () => Promise<void>
  /** It came to its end within a moment. */
  readonly tellWhole: () => void
}

interface SignalledHost extends StoppableHost {
  on(signal: NodeJS.Signals, listener: () => void): unknown
}

const GRACE_MS = 1_000

export function guardWrites(host: SignalledHost): WriteGuard {
  let settle = async () => {}
  let isEnding = false
  return {
    // The lock of the file has a listener too, which ends the process where it is the only one left.
    once: (signal, listener) => host.on(signal, listener),
    exit: (code) => {
      if (!isEnding) void settle().finally(() => host.exit(code))
      isEnding = true
    },
    during: async (write, { takeBack, tellWhole }) => {
      const writing = write()
      settle = async () => {
        const end = writing.then(
          () => 'whole',
          () => 'failed',
        )
        const state = await Promise.race([end, delay(GRACE_MS, 'waiting')])
        if (state === 'waiting') await takeBack()
        if (state === 'whole') tellWhole()
      }
      try {
        await writing
      } finally {
        settle = async () => {}
      }
    },
  }
}
