import type { Agent } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createSpare } from './spare.ts'

export interface Connections {
  /** Opens a spare one, unless there is one. */
  open(): void
  /** Closes the spare one, also if it is still to be opened. */
  close(): void
  /** Whether a connection stood already when a request first needed it. */
  wasAhead(socket: Duplex): boolean
}

/** Opens a connection that stands. @param given as an agent has it for its sockets */
export type Dial = (given: object) => Promise<Duplex>

/**
 * Lets an agent use connections that are made elsewhere and come later; `createConnection` is its documented place for
 * that (https://nodejs.org/docs/latest-v20.x/api/http.html#agentcreateconnectionoptions-callback).
 * @param options for a spare one
 */
export function makeConnections(agent: Agent, options: object, dial: Dial): Connections {
  const spare = createSpare()
  const provide = (given: object) => spare.take()?.catch(() => dial(given)) ?? dial(given)
  Object.assign(agent, {
    createConnection: (given: object, callback: (error: null, socket: Duplex) => void) => {
      // Node counts a connection only when it is there.
      agent.maxSockets -= 1
      const give = (socket: Duplex) => {
        agent.maxSockets += 1
        callback(null, socket)
      }
      provide(given)
        .then(alive)
        .then(give, (error) => {
          // Told by the callback, an error would leave the requests waiting that are in line behind this one.
          const broken = new Socket()
          give(broken)
          broken.destroy(error)
        })
      return undefined
    },
  })
  return {
    open: () => {
      if (!spare.isThere()) spare.keep(dial(options))
    },
    close: spare.drop,
    wasAhead: spare.hasHeld,
  }
}

function alive(socket: Duplex): Duplex {
  if (socket.destroyed) throw socket.errored ?? new Error('the connection was closed at once')
  return socket
}
