import type { ForwardProxy } from '../../network/forward-proxy.ts'
import type { Check, Finding } from '../check.ts'
import { failed, ok } from '../check.ts'
import type { Fact } from '../fact.ts'
import { given } from '../fact.ts'

export interface ProxyFacts {
  /** What has to be in order first. */
  readonly ground: Fact<unknown>
  /** In force for the upstream; undefined connects directly. */
  readonly proxy: Fact<ForwardProxy | undefined>
  /** The proxy variables that Claude Code sees. */
  readonly variables: readonly string[]
  /** Whether NO_PROXY, as it is, keeps Claude Code’s requests to the gateway from them. */
  readonly exceptsLoopback: boolean
}

/** What connections to the upstream go through; those of Claude Code to the gateway go through nothing. */
export function proxyCheck(facts: ProxyFacts): Check {
  return {
    id: 'proxy',
    title: 'the proxy to the upstream is known',
    cost: 'nothing',
    run: () =>
      given(facts.ground, 'config', () =>
        facts.proxy.isKnown ? judge(facts.proxy.value, facts) : failed(facts.proxy.error),
      ),
  }
}

function judge(proxy: ForwardProxy | undefined, { variables, exceptsLoopback }: ProxyFacts): Finding {
  const names = variables.join(', ')
  if (variables.length === 0) return ok(proxy ? describe(proxy) : 'there is none')
  const way = proxy ? describe(proxy) : `none for this upstream, beside ${names}`
  return ok(
    exceptsLoopback ? way : `${way}; Claude Code gets NO_PROXY with 127.0.0.1 in it, which yours lacks`,
  )
}

function describe({ url, origin }: ForwardProxy): string {
  return `${url.origin} (${origin})`
}
