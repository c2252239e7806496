import { GatewayError } from '../../base/errors.ts'
import { isGateway } from '../../broker/probe.ts'
import { readEntry } from '../../broker/registry.ts'
import type { Context } from '../context.ts'
import type { Shell } from './shells.ts'

/** Prints the variables that point a shell at the running `serve` of the profile. @throws GatewayError SERVE_NOT_RUNNING */
export async function env(context: Context, { shell }: { readonly shell: Shell }): Promise<number> {
  const { profile } = context.config().values
  const entry = readEntry(context.stateDirectory(), profile)
  if (!entry || !(await isGateway(entry.url))) throw new GatewayError('SERVE_NOT_RUNNING', { profile })
  const variables = {
    ANTHROPIC_BASE_URL: entry.url,
    ...(entry.access.kind === 'token' && { ANTHROPIC_AUTH_TOKEN: entry.access.token }),
  }
  context.stdout.write(`${format(variables, shell)}\n`)
  return 0
}

function format(variables: Readonly<Record<string, string>>, shell: Shell): string {
  if (shell === 'json') return JSON.stringify(variables, undefined, 2)
  return Object.entries(variables)
    .map(([name, value]) => assignment(shell, name, value))
    .join('\n')
}

/** The values are URLs and base64url, which need no quoting of their own. */
function assignment(shell: Exclude<Shell, 'json'>, name: string, value: string): string {
  switch (shell) {
    case 'sh':
      return `export ${name}='${value}'`
    case 'fish':
      return `set -gx ${name} '${value}'`
    case 'powershell':
      return `$env:${name} = '${value}'`
  }
}
