import { parseArgs } from 'node:util'
import { GatewayError, reasonOf } from './base/errors.ts'
import { resolveConfig } from './config/config.ts'
import type { Flags } from './config/global-options.ts'
import { PARSED_OPTIONS, toFlags } from './config/global-options.ts'
import { planCredential } from './credentials/plan.ts'

const HELP = `Usage: claude-gw key [--profile NAME] [--credential REF]

Prints the credential of the profile, one line, for use as Claude Code's apiKeyHelper.
Inside \`claude-gw run\` it prints the token of that run.
`

const OPTIONS = { ...PARSED_OPTIONS, help: { type: 'boolean', short: 'h' } } as const

process.exitCode = await key(process.argv.slice(2))

/** The small entry of `claude-gw key`: Claude Code waits for it, so it loads nothing that it does not need. */
async function key(argv: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true })
    if (positionals.length > 1) throw new GatewayError('USAGE', { reason: '`key` takes options only' })
    process.stdout.write(values['help'] ? HELP : `${await readKey(toFlags(values))}\n`)
    return 0
  } catch (error) {
    return report(error)
  }
}

async function readKey(flags: Flags): Promise<string> {
  const { env } = process
  if (env['CLAUDE_GW_RUN_ID']) return readRunToken(env['CLAUDE_GW_RUN_TOKEN'])
  const config = resolveConfig(flags, env)
  const plan = planCredential(config.values.credential, config.origins.credential, {
    env,
    mayUseApiKey: true,
  })
  if (plan.kind === 'passthrough') throw nothingToPrint()
  return (await plan.source.current()).value
}

/** The child of a run uses the run's gateway, and that wants the run's own token. */
function readRunToken(token: string | undefined): string {
  if (token) return token
  throw new GatewayError('CREDENTIAL_NOT_FOUND', {
    upstream: 'this run',
    reason: 'it uses the login of Claude Code itself',
    remedy: 'start the run with `--credential env:NAME` to give it a credential',
  })
}

function nothingToPrint(): GatewayError {
  return new GatewayError('CREDENTIAL_NOT_FOUND', {
    upstream: 'this profile',
    reason: 'neither ANTHROPIC_AUTH_TOKEN nor ANTHROPIC_API_KEY is set, and no other source is named',
    remedy: 'set one of them, or name a source: `claude-gw key --credential env:NAME`',
  })
}

function report(error: unknown): number {
  const isUsage = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') === true
  const known = error instanceof GatewayError ? error : undefined
  process.stderr.write(`claude-gw: ${known ? `${known.message}. ${known.remedy}` : reasonOf(error)}\n`)
  return known?.exitCode ?? (isUsage ? 2 : 1)
}
