import type { IncomingMessage, ServerResponse } from 'node:http'
import { GatewayError, reasonOf } from '../base/errors.ts'
import type { ExchangeRecord } from '../exchange/exchange.ts'
import type { UpstreamAgent } from '../network/agent.ts'
import { secretOf } from './access.ts'
import { createSend } from './attempt.ts'
import { openBodyKeeping } from './body-keeping.ts'
import type { ExchangeFacts } from './exchange-facts.ts'
import { Flow } from './flow.ts'
import type { FlowSettings } from './flow-settings.ts'
import type { GatewayOptions } from './gateway-options.ts'
import type { Verdict } from './guard.ts'
import { KnownSecrets } from './known-secrets.ts'
import { buildRecord } from './record.ts'
import { RefusalLimit } from './refusal-limit.ts'
import { createSupply } from './supply.ts'

export interface Service {
  /** Serves one request that is not answered at the door. */
  serve(request: IncomingMessage, response: ServerResponse, verdict: Exclude<Verdict, { kind: 'own' }>): void
  /** Settles when every exchange that was begun is recorded, and every body written or given up. */
  settled(): Promise<void>
}

/** The working half of a gateway: everything behind the guard. */
export function createService(options: GatewayOptions, agent: UpstreamAgent): Service {
  const secrets = new KnownSecrets(secretOf(options.access), agent.secrets)
  const bodies = openBodyKeeping(options, secrets)
  const strangers = new RefusalLimit()
  let openCount = 0
  let onSettled: (() => void) | undefined
  const settings: FlowSettings = {
    upstream: options.upstream,
    agent,
    send: createSend(options.upstream, agent, options.timeouts),
    supply: createSupply(options.credentials, options.extraHeaders),
    authStyle: options.authStyle,
    aliases: new Map(Object.entries(options.aliases)),
    maxBodyBytes: options.maxBodyBytes,
    timeouts: options.timeouts,
    retry: options.retry,
    policies: options.policies,
    bodies,
    secretsOf: (facts) => secrets.of(facts),
    onFinish: (facts) => {
      settle(facts, record(facts))
      openCount -= 1
      if (openCount === 0) onSettled?.()
    },
  }

  function record(facts: ExchangeFacts): Recorded | undefined {
    const isStranger = isRefusalOfStranger(facts)
    const unrecorded = isStranger ? strangers.admit() : 0
    if (unrecorded === undefined) return undefined
    try {
      const known = secrets.of(facts)
      const made = buildRecord(options, facts, known, unrecorded)
      return { record: made, isInLedger: options.onRecord(made, { secrets: known, isStranger }) }
    } catch (error) {
      options.onTrouble(`a record could not be made: ${reasonOf(error)}`)
      return undefined
    }
  }

  /** What policies hold for an exchange is given back, however it ended. */
  function settle({ verdict, wasSent }: ExchangeFacts, recorded: Recorded | undefined): void {
    try {
      verdict?.settle(wasSent ? recorded?.record : undefined, recorded?.isInLedger ?? false)
    } catch (error) {
      options.onTrouble(`a policy could not be told of an end: ${reasonOf(error)}`)
    }
  }

  return {
    serve: (request, response, verdict) => {
      openCount += 1
      const target = verdict.kind === 'pass' ? verdict.target : (request.url ?? '')
      const flow = new Flow(settings, request, response, target)
      if (verdict.kind === 'refuse') flow.refuse(new GatewayError(verdict.code))
      else flow.pass()
    },
    settled: async () => {
      await new Promise<void>((resolve) => {
        onSettled = resolve
        if (openCount === 0) resolve()
      })
      await bodies?.store.close()
    },
  }
}

interface Recorded {
  readonly record: ExchangeRecord
  readonly isInLedger: boolean
}

/** Strangers can knock as often as they like, but not fill the disk. */
function isRefusalOfStranger({ refusal }: ExchangeFacts): boolean {
  return refusal !== undefined && STRANGER_CODES.has(refusal.code)
}

const STRANGER_CODES = new Set([
  'HOST_FORBIDDEN',
  'ORIGIN_FORBIDDEN',
  'TOKEN_MISSING',
  'METRICS_TOKEN_MISSING',
  'METHOD_UNSUPPORTED',
  'PAGE_READ_ONLY',
])
