import type { ForwardProxy } from '../../network/forward-proxy.ts'
import { resolveProxy } from '../../network/forward-proxy.ts'
import type { Upstream } from '../../network/url.ts'
import type { Context } from '../context.ts'
import { claudeEnvironment } from './claude-environment.ts'
import type { ClaudeSources } from './upstream.ts'

/** What the key `proxy` says, or the environment that Claude Code has. @throws GatewayError CONFIG_BAD_VALUE */
export function findProxy(
  { config }: Context,
  { url }: Upstream,
  claude: ClaudeSources,
): ForwardProxy | undefined {
  const { values, origins } = config()
  return resolveProxy(url, { value: values.proxy, origin: origins.proxy, ...claudeEnvironment(claude) })
}
