import type { IncomingMessage, ServerResponse } from 'node:http'
import { GatewayError, reasonOf } from '../base/errors.ts'
import type { UpstreamAgent } from '../network/agent.ts'
import { createSend } from './attempt.ts'
import type { ExchangeFacts } from './exchange-facts.ts'
import { Flow } from './flow.ts'
import type { FlowSettings } from './flow-settings.ts'
import type { GatewayOptions } from './gateway.ts'
import type { Verdict } from './guard.ts'
import { buildRecord } from './record.ts'
import { RefusalLimit } from './refusal-limit.ts'

/** Serves one request that is not answered at the door. */
export type Service = (request: IncomingMessage, response: ServerResponse, verdict: Verdict) => void

/** The working half of a gateway: everything behind the guard. */
export function createService(options: GatewayOptions, agent: UpstreamAgent): Service {
  const secrets = new Set([options.access.kind === 'token' ? options.access.token : options.access.secret])
  const strangers = new RefusalLimit()
  const settings: FlowSettings = {
    upstream: options.upstream,
    agent,
    send: createSend(options.upstream, agent, options.timeouts),
    credentials: injected(options),
    extraHeaders: options.extraHeaders,
    maxBodyBytes: options.maxBodyBytes,
    timeouts: options.timeouts,
    retry: options.retry,
    onFinish: record,
  }

  function record(facts: ExchangeFacts): void {
    if (facts.credential) secrets.add(facts.credential.value)
    const unrecorded = isRefusalOfStranger(facts) ? strangers.admit() : 0
    if (unrecorded === undefined) return
    try {
      options.onRecord(buildRecord(options.identity, facts, unrecorded), [...secrets])
    } catch (error) {
      options.onTrouble(`a record could not be made: ${reasonOf(error)}`)
    }
  }

  return (request, response, verdict) => {
    const target = verdict.kind === 'pass' ? verdict.target : (request.url ?? '')
    const flow = new Flow(settings, request, response, target)
    if (verdict.kind === 'refuse') flow.refuse(new GatewayError(verdict.code))
    else flow.pass()
  }
}

function injected({ credentials, authStyle }: GatewayOptions): FlowSettings['credentials'] {
  if (credentials.kind === 'passthrough') return undefined
  return { source: credentials.source, style: authStyle ?? credentials.style }
}

/** Strangers can knock as often as they like, but not fill the disk. */
function isRefusalOfStranger({ refusal }: ExchangeFacts): boolean {
  return refusal !== undefined && STRANGER_CODES.has(refusal.code)
}

const STRANGER_CODES = new Set(['HOST_FORBIDDEN', 'ORIGIN_FORBIDDEN', 'TOKEN_MISSING', 'METHOD_UNSUPPORTED'])
