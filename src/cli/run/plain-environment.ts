import { Variables } from '../../launch/variables.ts'
import type { Context } from '../context.ts'
import { secretVariables } from '../upstream/secrets.ts'

/**
 * The variables for a Claude Code that sends no requests: it may start programs of its own, such as MCP servers.
 * @throws GatewayError CONFIG_*
 */
export function environmentWithoutSecrets({ env, platform, config }: Context): Record<string, string> {
  const variables = new Variables(env, platform)
  for (const name of secretVariables(config())) variables.delete(name)
  return variables.toObject()
}
