import { homedir, release } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { GatewayError, reasonOf } from './base/errors.ts'
import { mayExist } from './base/existence.ts'
import type { PlacesInput } from './claude/places.ts'
import { originOf, refuseElsewhere, refuseSteering } from './claude/steering.ts'
import type { Config } from './config/config.ts'
import { resolveConfig } from './config/config.ts'
import type { ConfigFiles, ConfigSurroundings } from './config/config-files.ts'
import type { Flags } from './config/global-options.ts'
import { PARSED_OPTIONS, toFlags } from './config/global-options.ts'
import { configDirectory, machineFilePath, stateDirectory, userFilePath } from './config/paths.ts'
import { findProjectPlace } from './config/project-place.ts'
import type { CredentialPlan } from './credentials/credential.ts'
import { planCredential } from './credentials/plan.ts'
import { exitOnSignals } from './credentials/stop-signals.ts'
import { noteWait } from './credentials/wait-notice.ts'

const HELP = `Usage: claude-gw key [--profile NAME] [--credential REF]

Prints the credential of the profile, one line, for use as Claude Code's apiKeyHelper.
Inside \`claude-gw run\` it prints the token of that run.
`

const OPTIONS = { ...PARSED_OPTIONS, help: { type: 'boolean', short: 'h' } } as const

const ANTHROPIC = 'https://api.anthropic.com'

exitOnSignals(process)
// Whoever asked may have gone.
process.stdout.on('error', () => {})
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
  await refuseSteering(placesInput())
  if (env['CLAUDE_GW_RUN_ID']) return readRunToken(env['CLAUDE_GW_RUN_TOKEN'])
  const state = stateDirectory(env, homedir(), process.platform)
  return (await readServeToken(state)) ?? readCredential(await readConfig(flags), state)
}

/** What does not count in it is not told here: our stderr goes to Claude Code. */
async function readConfig(flags: Flags): Promise<Config> {
  const { env, platform } = process
  return resolveConfig(flags, env, await readFiles({ env, cwd: process.cwd(), home: homedir(), platform }))
}

/** To load the code that reads files takes longer than all else here, so it is loaded for those that are there. */
async function readFiles(surroundings: ConfigSurroundings): Promise<ConfigFiles> {
  const { env, cwd, home, platform } = surroundings
  if (findProjectPlace(cwd, home)) return (await import('./config/files.ts')).readConfigFiles(surroundings)
  const paths = [machineFilePath(env, platform), userFilePath(configDirectory(env, home, platform))]
  if (!paths.some(mayExist)) return { notes: [] }
  return (await import('./config/fixed-files.ts')).readFixedFiles(surroundings)
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

/** Whoever has the address of a running `serve` needs its token. */
async function readServeToken(state: string): Promise<string | undefined> {
  if (!mayExist(join(state, 'serve'))) return undefined
  const { serveToken } = await import('./broker/serve-token.ts')
  return serveToken(state, baseUrls)
}

async function baseUrls(): Promise<readonly string[]> {
  const { claudePlaces } = await import('./claude/places.ts')
  const { baseUrlsInSight } = await import('./claude/base-urls.ts')
  return baseUrlsInSight(claudePlaces(placesInput()), process.env)
}

function placesInput(): PlacesInput {
  const { env, platform } = process
  return { env, home: homedir(), cwd: process.cwd(), platform, user: '', kernel: release() }
}

async function readCredential(config: Config, state: string): Promise<string> {
  const plan = await planFor(config, state, originOf(config.values.upstream || ANTHROPIC))
  if (!isStored(plan)) {
    // The credential of a profile with an upstream is not for a repository that goes elsewhere.
    if (config.values.upstream) await refuseElsewhere(placesInput(), config.values.upstream)
    return (await plan.source.current()).value
  }
  const plans = (await destinations(config)).map((origin) => planFor(config, state, origin))
  const stored = await Promise.all(plans)
  for (const { source } of stored) source.check()
  return (await (stored.at(-1) ?? plan).source.current()).value
}

type InjectPlan = Extract<CredentialPlan, { readonly kind: 'inject' }>

async function planFor({ values, origins }: Config, state: string, upstream: string): Promise<InjectPlan> {
  const { env, platform, execPath } = process
  const surroundings = {
    profile: values.profile,
    upstream,
    stateDirectory: state,
    machine: { env, home: homedir(), platform, process, nodePath: execPath },
    ttlMs: values.credentialTtl,
    timeoutMs: values.credentialTimeout,
    onWait: noteWait(process),
  }
  const plan = await planCredential(values.credential, origins.credential, surroundings, {
    mayUseApiKey: true,
  })
  if (plan.kind === 'passthrough') throw nothingToPrint(values.profile)
  return plan
}

/** Only what is in the keychain is for one upstream. */
function isStored({ reference }: InjectPlan): boolean {
  return reference.startsWith('keychain:')
}

/** All that the key could be sent to. Without any base URL, Claude Code goes to its own API, whatever we are configured for. */
async function destinations({ values }: Config): Promise<readonly string[]> {
  const urls = await baseUrls()
  if (urls.length > 0) return [...new Set(urls.map(originOf))]
  const isHelper = process.env['CLAUDE_CODE_ENTRYPOINT'] !== undefined
  return [originOf((!isHelper && values.upstream) || ANTHROPIC)]
}

function nothingToPrint(profile: string): GatewayError {
  return new GatewayError('CREDENTIAL_NOT_FOUND', {
    upstream: `profile ${profile}`,
    reason:
      'nothing is stored for it, neither ANTHROPIC_AUTH_TOKEN nor ANTHROPIC_API_KEY is set, and no other source is named',
    remedy: 'store a key with `claude-gw login`, or name a source: `claude-gw key --credential env:NAME`',
  })
}

function report(error: unknown): number {
  const isUsage = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') === true
  // Without what was typed: it may be a key.
  const reason = isUsage ? '`key` takes the options of `claude-gw help` only' : reasonOf(error)
  const known = error instanceof GatewayError ? error : undefined
  process.stderr.write(`claude-gw: ${known ? `${known.message}. ${known.remedy}` : reason}\n`)
  return known?.exitCode ?? (isUsage ? 2 : 1)
}
