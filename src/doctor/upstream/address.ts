import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { reasonOf } from '../../base/errors.ts'
import type { Upstream } from '../../network/url.ts'
import { isLoopback } from '../../network/url.ts'
import type { Check, Finding } from '../check.ts'
import { fail, ok, skipped, warn } from '../check.ts'

/** Parts of paths that Claude Code adds itself, or that are of another API; what stands before them is the upstream. */
const ADDED = /\/(v1\/)?(messages(\/count_tokens)?|models)$/
const OTHER_API = /\/(v1\/)?(chat\/completions|completions|responses)$/
const WEB_PAGES =
  /^(www\.)?(claude\.ai|claude\.com|anthropic\.com)$|^(console|platform)\.(anthropic|claude)\.com$/

/** Mistakes that can be seen in the URL itself. */
export function urlCheck({ url, prefix, name, isAnthropic }: Upstream): Check {
  return {
    id: 'url',
    title: 'the URL of the upstream is one',
    cost: 'nothing',
    run: () => {
      if (ADDED.test(prefix))
        return fail(
          `${name} ends in what Claude Code adds itself`,
          useful(url.origin + prefix.replace(ADDED, '')),
        )
      if (OTHER_API.test(prefix))
        return fail(`${name} is a route for another API`, useful(url.origin + prefix.replace(OTHER_API, '')))
      if (WEB_PAGES.test(url.hostname))
        return fail(`${name} is a page for people`, useful('https://api.anthropic.com'))
      if (isAnthropic && prefix !== '')
        return fail(`the API has no path ${prefix}`, useful('https://api.anthropic.com'))
      if (url.protocol === 'http:' && !isLoopback(url.hostname))
        return warn(`${name}: prompts and key go over the network in the clear`, {
          remedy: 'have the gateway offer https',
        })
      return ok(name)
    },
  }
}

function useful(upstream: string) {
  return { remedy: `claude-gw config set upstream ${upstream}` }
}

/** Whether the name of the upstream is known here. A proxy resolves names itself. */
export function dnsCheck({ url }: Upstream, isProxied: boolean): Check {
  return {
    id: 'dns',
    title: 'the name of the upstream is known',
    cost: 'requests',
    run: async (): Promise<Finding> => {
      const host = url.hostname.replace(/^\[|\]$/g, '')
      if (isIP(host)) return skipped(`${host} is an address`)
      if (isProxied) return skipped('the proxy looks it up')
      try {
        const addresses = (await lookup(host, { all: true })).map(({ address }) => address)
        return ok(`${host} is ${addresses.slice(0, 3).join(', ')}${addresses.length > 3 ? ', …' : ''}`)
      } catch (error) {
        return fail(reasonOf(error), {
          remedy: `correct \`upstream\`, or connect to the network (VPN) that knows ${host}`,
        })
      }
    },
  }
}
