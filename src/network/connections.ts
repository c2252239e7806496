import type { Agent } from 'node:http'
import type { Duplex } from 'node:stream'
import type { SecureContext } from 'node:tls'
import type { ContextOf } from './secure-context.ts'
import { createSpare } from './spare.ts'

export interface Connections {
  /** Opens a spare one, unless there is one. */
  open(): void
  /** Closes the spare one, also if it is still to be opened. */
  close(): void
}

/**
 * Makes the connections of an agent. `createConnection` is its documented place to say where sockets come from, at once
 * or by the callback (https://nodejs.org/docs/latest-v20.x/api/http.html#agentcreateconnectionoptions-callback).
 */
export function makeConnections(agent: Agent, options: object, contextOf: ContextOf): Connections {
  const connect = connectOf(agent)
  const spare = createSpare()
  let isWanted = false
  const open = (context: SecureContext | undefined) => {
    if (isWanted && !spare.isThere()) spare.keep(connect(options, context))
    isWanted = false
  }
  Object.assign(agent, {
    createConnection: (given: object, callback: (error: Error | null, socket?: Duplex) => void) => {
      const context = contextOf()
      if (!(context instanceof Promise)) return spare.take() ?? connect(given, context)
      context
        .then((late) => spare.take() ?? connect(given, late))
        .then((socket) => callback(null, socket), callback)
      return undefined
    },
  })
  return {
    open: () => {
      isWanted = true
      const context = contextOf()
      if (!(context instanceof Promise)) open(context)
      // The request that needs the connection tells what is wrong.
      else context.then(open).catch(() => {})
    },
    close: () => {
      isWanted = false
      spare.drop()
    },
  }
}

type Connect = (options: object, secureContext: SecureContext | undefined) => Duplex

function connectOf(agent: Agent): Connect {
  const { createConnection } = agent as unknown as { createConnection(options: object): Duplex }
  return (options, secureContext) =>
    createConnection.call(agent, secureContext ? { ...options, secureContext } : options)
}
