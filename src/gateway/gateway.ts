import { GatewayError, reasonOf } from '../base/errors.ts'
import { createUpstreamAgent } from '../network/agent.ts'
import { basePath } from './access.ts'
import { Activity } from './activity.ts'
import type { GatewayOptions } from './gateway-options.ts'
import { inspect } from './guard.ts'
import type { Patience } from './listener.ts'
import { listen } from './listener.ts'
import { ownReply } from './own-pages.ts'
import type { Reply } from './reply.ts'
import { errorReply, sendReply, warmUpReply } from './reply.ts'
import type { Service } from './service.ts'

/** A running gateway. */
export interface Gateway {
  /** What a client uses as base URL, secret path prefix included. */
  readonly url: string
  readonly port: number
  /** Loads everything that requests need; called when it delays nobody, at the latest by the first request. */
  load(): Promise<void>
  /** How many requests are under way. */
  openCount(): number
  /** How long no client has asked for anything; 0 while an answer is open. Refusals do not count. */
  idleMs(): number
  /** Accepts nothing more, lets running exchanges end, and settles when every one is recorded. */
  close(patience?: Patience): Promise<void>
}

/**
 * Opens the gateway on a loopback port. The code that moves requests is loaded apart, so that a child can be started
 * meanwhile.
 * @throws GatewayError LISTEN_FAILED
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { upstream, tls, proxy, timeouts } = options
  const agent = createUpstreamAgent(upstream, { tls, proxy, connectMs: timeouts.connectMs })
  let loading: Promise<void> | undefined
  let service: Service | undefined
  const load = () => {
    loading ??= import('./service.ts').then(
      ({ createService }) => {
        service = createService(options, agent)
      },
      (error) => {
        loading = undefined
        throw error
      },
    )
    return loading
  }
  const activity = new Activity()
  const listener = await listen(options.port, (request, response) => {
    const verdict = inspect(request, listener.port, options.access, options.ownPages)
    if (verdict.kind === 'own') {
      void ownReply(options.ownPages, verdict.path)
        .catch(failure)
        .then((reply) => sendReply(response, reply))
      return
    }
    if (verdict.kind !== 'refuse') activity.watch(response)
    if (verdict.kind === 'warm-up') {
      agent.warm()
      sendReply(response, warmUpReply(verdict.proof))
    } else if (service) service.serve(request, response, verdict)
    else
      load().then(
        () => service?.serve(request, response, verdict),
        (error) => sendReply(response, failure(error)),
      )
  })
  return {
    url: `http://127.0.0.1:${listener.port}${basePath(options.access)}`,
    port: listener.port,
    load,
    openCount: () => activity.openCount,
    idleMs: () => activity.idleMs(),
    close: async (patience) => {
      await listener.close(patience)
      await service?.settled()
      agent.destroy()
    },
  }
}

function failure(error: unknown): Reply {
  return errorReply(new GatewayError('INTERNAL', { reason: reasonOf(error) }, error))
}
