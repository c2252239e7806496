import { homedir } from 'node:os'
import { parseArgs } from 'node:util'
import { GatewayError, reasonOf } from './base/errors.ts'
import type { ServeEntry } from './broker/registry.ts'
import type { Config } from './config/config.ts'
import { resolveConfig } from './config/config.ts'
import type { ConfigFiles, ConfigSurroundings } from './config/files.ts'
import type { Flags } from './config/global-options.ts'
import { PARSED_OPTIONS, toFlags } from './config/global-options.ts'
import { configDirectory, machineFilePath, mayExist, stateDirectory, userFilePath } from './config/paths.ts'
import { findProjectPlace } from './config/project-place.ts'
import { planCredential } from './credentials/plan.ts'

const HELP = `Usage: claude-gw key [--profile NAME] [--credential REF]

Prints the credential of the profile, one line, for use as Claude Code's apiKeyHelper.
Inside \`claude-gw run\` it prints the token of that run.
`

const OPTIONS = { ...PARSED_OPTIONS, help: { type: 'boolean', short: 'h' } } as const

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

/** So does whoever has the address of a running `serve`; its port could be another program's by now. */
async function readServeToken(state: string): Promise<string | undefined> {
  const baseUrl = process.env['ANTHROPIC_BASE_URL']?.replace(/\/+$/, '')
  if (!baseUrl) return undefined
  const { listEntries } = await import('./broker/registry.ts')
  const entry = listEntries(state).find(({ url }) => url === baseUrl)
  if (entry?.access.kind !== 'token' || !(await isServed(entry))) return undefined
  return entry.access.token
}

async function isServed({ url, access }: ServeEntry): Promise<boolean> {
  const { isGateway } = await import('./broker/probe.ts')
  return isGateway(url, access)
}

async function readCredential({ values, origins }: Config, state: string): Promise<string> {
  const { env, platform, execPath } = process
  const surroundings = {
    profile: values.profile,
    upstream: destination(values.upstream),
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
  return (await plan.source.current()).value
}

/** Where Claude Code sends what it gets from its helper: what its settings name is in our environment then. */
function destination(upstream: string): string {
  const url = process.env['ANTHROPIC_BASE_URL'] || upstream || 'https://api.anthropic.com'
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
  const known = error instanceof GatewayError ? error : undefined
  process.stderr.write(`claude-gw: ${known ? `${known.message}. ${known.remedy}` : reasonOf(error)}\n`)
  return known?.exitCode ?? (isUsage ? 2 : 1)
}
