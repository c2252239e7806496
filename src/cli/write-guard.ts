import { setTimeout as delay } from 'node:timers/promises'
import type { StoppableHost } from '../credentials/stop-signals.ts'

/** A host that a signal ends only when what is being written is whole, or taken back. */
export interface WriteGuard extends StoppableHost {
  /**
   * @param write does it, and takes it back itself where it fails
   * @param takeBack for a signal that finds it waiting, as for a prompt of the keychain
   */
  readonly during: (write: () => Promise<void>, takeBack: () => Promise<void>) => Promise<void>
}

const GRACE_MS = 1_000

export function guardWrites(host: StoppableHost): WriteGuard {
  let settle = async () => {}
  return {
    once: (signal, listener) => host.once(signal, listener),
    exit: (code) => void settle().finally(() => host.exit(code)),
    during: async (write, takeBack) => {
      const writing = write()
      settle = async () => {
        const ended = writing.then(
          () => true,
          () => true,
        )
        if (await Promise.race([ended, delay(GRACE_MS, false)])) return
        await takeBack()
      }
      try {
        await writing
      } finally {
        settle = async () => {}
      }
    },
  }
}
