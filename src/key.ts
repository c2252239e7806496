import { homedir, release } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { GatewayError, reasonOf } from './base/errors.ts'
import { findGitDirectory } from './base/git-directory.ts'
import type { ServeEntry } from './broker/registry.ts'
import type { SettingsLayer } from './claude/layer.ts'
import type { ClaudePlaces } from './claude/places.ts'
import type { Config } from './config/config.ts'
import { resolveConfig } from './config/config.ts'
import type { ConfigFiles, ConfigSurroundings } from './config/files.ts'
import type { Flags } from './config/global-options.ts'
import { PARSED_OPTIONS, toFlags } from './config/global-options.ts'
import { configDirectory, machineFilePath, mayExist, stateDirectory, userFilePath } from './config/paths.ts'
import { findProjectPlace } from './config/project-place.ts'
import type { CredentialPlan } from './credentials/credential.ts'
import { planCredential } from './credentials/plan.ts'

const HELP = `Usage: claude-gw key [--profile NAME] [--credential REF]

Prints the credential of the profile, one line, for use as Claude Code's apiKeyHelper.
Inside \`claude-gw run\` it prints the token of that run.
`

const OPTIONS = { ...PARSED_OPTIONS, help: { type: 'boolean', short: 'h' } } as const

const ANTHROPIC = 'https://api.anthropic.com'
/** What decides where we look, and what `auto` finds. */
const STEERING =
  /^(XDG_(CONFIG|STATE)_HOME|HOME|USERPROFILE|(LOCAL)?APPDATA|PATH|VAULT_\w+|OP_\w+|ANTHROPIC_(AUTH_TOKEN|API_KEY))$/i

const STOPS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

// Through `exit`, which takes along the command that is being asked.
for (const [signal, exitCode] of Object.entries(STOPS)) process.once(signal, () => process.exit(exitCode))
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
  await refuseRepository()
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

/** From its second call on, Claude Code gives its helper the variables that the repository's settings name (measured). */
async function refuseRepository(): Promise<void> {
  const isSteered = ([name, value]: [string, string]) =>
    /^CLAUDE_GW_(?!TAGS$)/i.test(name) || (STEERING.test(name) && process.env[name] === value)
  for (const { origin, env } of await projectLayers()) {
    const found = Object.entries(env).find(isSteered)
    if (found) throw new GatewayError('REPOSITORY_CONFIGURES', { origin, variable: found[0] })
  }
}

/** The credential of a profile with an upstream is not for a repository that goes elsewhere. */
async function refuseElsewhere({ values }: Config): Promise<void> {
  if (!values.upstream) return
  for (const { origin, env } of await projectLayers()) {
    const url = env['ANTHROPIC_BASE_URL']
    if (url && originOf(url) !== originOf(values.upstream))
      throw new GatewayError('REPOSITORY_CONFIGURES', { origin, variable: 'ANTHROPIC_BASE_URL' })
  }
}

async function projectLayers(): Promise<readonly SettingsLayer[]> {
  if (!mayHaveSettings(process.cwd())) return []
  const { readProjectSettings } = await import('./claude/settings.ts')
  return readProjectSettings(await places())
}

/** A linked worktree has those of the main one as well, wherever that is. */
function mayHaveSettings(cwd: string): boolean {
  const git = findGitDirectory(cwd)
  const isLinked = git !== undefined && git.path !== join(git.root, '.git')
  return isLinked || [cwd, git?.root ?? cwd].some((folder) => mayExist(join(folder, '.claude')))
}

async function places(): Promise<ClaudePlaces> {
  const { claudePlaces } = await import('./claude/places.ts')
  const { env, platform } = process
  return claudePlaces({ env, home: homedir(), cwd: process.cwd(), platform, user: '', kernel: release() })
}

/** Whoever has the address of a running `serve` needs its token; its port could be another program's by now. */
async function readServeToken(state: string): Promise<string | undefined> {
  if (!mayExist(join(state, 'serve'))) return undefined
  const { listEntries } = await import('./broker/registry.ts')
  const entries = listEntries(state)
  if (entries.length === 0) return undefined
  const urls = (await baseUrls()).map((url) => url.replace(/\/+$/, ''))
  const entry = entries.find(({ url }) => urls.includes(url))
  if (entry?.access.kind !== 'token' || !(await isServed(entry))) return undefined
  return entry.access.token
}

async function baseUrls(): Promise<readonly string[]> {
  const { baseUrlsInSight } = await import('./claude/base-urls.ts')
  return baseUrlsInSight(await places(), process.env)
}

async function isServed({ url, access }: ServeEntry): Promise<boolean> {
  const { isGateway } = await import('./broker/probe.ts')
  return isGateway(url, access)
}

async function readCredential(config: Config, state: string): Promise<string> {
  const plan = await planFor(config, state, originOf(config.values.upstream || ANTHROPIC))
  if (!isStored(plan)) {
    await refuseElsewhere(config)
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
    onWait: noteWait,
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

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url
}

function noteWait(reference: string): void {
  process.stderr.write(`claude-gw: waiting for ${reference}; is there a prompt on your desktop?\n`)
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
