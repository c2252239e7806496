import { onTestFinished } from 'vitest'
import type { CredentialPlan } from '../../src/credentials/credential.ts'
import type { ExchangeRecord } from '../../src/exchange/exchange.ts'
import type { Gateway } from '../../src/gateway/gateway.ts'
import { startGateway } from '../../src/gateway/gateway.ts'
import type { GatewayOptions } from '../../src/gateway/gateway-options.ts'
import { parseUpstream } from '../../src/network/url.ts'
import { createPriceTable } from '../../src/usage/price-table.ts'
import { fixedSource, injectingFrom } from './credential-source.ts'
import type { Fault, FaultUpstream } from './fault-upstream.ts'
import { startFaultUpstream } from './fault-upstream.ts'
import { validRecord } from './record-schema.ts'
import type { ServerIdentity } from './throwaway-ca.ts'

/** What clients of a gateway under test must show. */
export const TOKEN = 'cgw-token-of-this-test'
/** What its upstream must be shown instead. */
export const CREDENTIAL = 'credential-of-this-test'

export interface TestGateway extends Gateway {
  readonly upstream: FaultUpstream
  /** In the order in which the exchanges finished. */
  readonly records: readonly ExchangeRecord[]
  /** The record of that index, as soon as it is there. */
  readonly record: (index: number) => Promise<ExchangeRecord>
}

export type Overrides = Partial<Omit<GatewayOptions, 'upstream' | 'tls'>> & {
  /** Behind the origin of the upstream. */
  readonly path?: string
  /** Lets the upstream speak TLS. */
  readonly tls?: ServerIdentity
}

/** A gateway before an upstream that behaves as told; both are closed when the test ends. */
export async function startTestGateway(fault: Fault, overrides: Overrides = {}): Promise<TestGateway> {
  const { path = '', tls, ...options } = overrides
  const upstream = await startFaultUpstream(fault, tls)
  onTestFinished(upstream.close)
  return startGatewayTo(upstream, upstream.url + path, options)
}

/** A gateway before any URL; `upstream` is only carried along. */
export async function startGatewayTo(
  upstream: FaultUpstream,
  url: string,
  options: Partial<GatewayOptions>,
): Promise<TestGateway> {
  const records: ExchangeRecord[] = []
  const waiting: { readonly index: number; readonly resolve: (record: ExchangeRecord) => void }[] = []
  const gateway = await startGateway({
    ...gatewayOptions(url),
    onRecord: (record) => {
      const index = records.push(record) - 1
      for (const waiter of waiting) if (waiter.index === index) waiter.resolve(record)
      return true
    },
    ...options,
  })
  onTestFinished(gateway.close)
  onTestFinished(() => records.forEach(validRecord))
  await gateway.load()
  const record = (index: number) =>
    new Promise<ExchangeRecord>((resolve) => {
      const found = records[index]
      if (found) resolve(found)
      else waiting.push({ index, resolve })
    })
  return { ...gateway, upstream, records, record }
}

/** Injects one fixed credential. */
export function injecting(value: string): CredentialPlan {
  return injectingFrom(fixedSource(value))
}

/** A gateway as most tests want it. */
export function gatewayOptions(url: string): GatewayOptions {
  return {
    port: 0,
    upstream: parseUpstream(url, false, 'test'),
    access: { kind: 'token', token: TOKEN },
    credentials: injecting(CREDENTIAL),
    authStyle: undefined,
    extraHeaders: {},
    aliases: {},
    maxBodyBytes: 64 * 1024 ** 2,
    timeouts: { connectMs: 2000, firstByteMs: 5000, idleMs: 5000 },
    retry: 'off',
    prices: createPriceTable(),
    identity: { runId: '01a1fbaa-0000-7000-8000-000000000000', profile: 'default', upstream: url, tags: {} },
    onRecord: () => true,
    onTrouble: (reason) => {
      throw new Error(reason)
    },
  }
}
