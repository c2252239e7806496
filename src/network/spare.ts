import type { Duplex } from 'node:stream'

/** Keeps a connection that is opened before a request needs it, until it breaks or was idle for too long. */
export interface Spare {
  isThere(): boolean
  /** @param opening may fail, which is not told: who needs a connection will meet the same */
  keep(opening: Promise<Duplex>): void
  /** Gives it away, if it is still good; it may have to be waited for. */
  take(): Promise<Duplex> | undefined
  drop(): void
  /** Whether a connection stood here, and so may have been closed by its other end before it was taken. */
  hasHeld(socket: Duplex): boolean
}

interface Kept {
  readonly opening: Promise<Duplex>
  socket?: Duplex
  isDropped?: boolean
}

/** Holds nothing at first. */
export function createSpare(): Spare {
  const held = new WeakSet<Duplex>()
  let spare: Kept | undefined
  const drop = () => {
    if (spare) spare.isDropped = true
    spare?.socket?.destroy()
    spare = undefined
  }
  const settle = (kept: Kept, socket: Duplex) => {
    if (kept.isDropped) socket.destroy()
    if (spare !== kept) return
    kept.socket = socket.on('error', drop).on('timeout', drop)
    held.add(socket)
  }
  const forget = (kept: Kept) => {
    if (spare === kept) spare = undefined
  }
  return {
    isThere: () => spare !== undefined && spare.socket?.destroyed !== true,
    keep: (opening) => {
      const kept = { opening }
      spare = kept
      opening.then(
        (socket) => settle(kept, socket),
        () => forget(kept),
      )
    },
    take: () => {
      const { socket, opening } = spare ?? {}
      spare = undefined
      socket?.removeListener('error', drop)
      socket?.removeListener('timeout', drop)
      return socket?.destroyed ? undefined : opening
    },
    drop,
    hasHeld: (socket) => held.has(socket),
  }
}
