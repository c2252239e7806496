import type { Duplex } from 'node:stream'

/** Keeps a connection that was opened before a request needs it, until it breaks or was idle for too long. */
export interface Spare {
  isThere(): boolean
  keep(socket: Duplex): void
  /** Gives it away, if it is still good. */
  take(): Duplex | undefined
  drop(): void
}

/** Holds nothing at first. */
export function createSpare(): Spare {
  let spare: Duplex | undefined
  const drop = () => {
    take()?.destroy()
  }
  const take = () => {
    const socket = spare
    spare = undefined
    socket?.removeListener('error', drop)
    socket?.removeListener('timeout', drop)
    return socket?.destroyed === false ? socket : undefined
  }
  return {
    isThere: () => spare?.destroyed === false,
    keep: (socket) => {
      spare = socket.on('error', drop).on('timeout', drop)
    },
    take,
    drop,
  }
}
