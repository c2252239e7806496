import { GatewayError } from '../../base/errors.ts'
import { profileCommand } from '../../base/profile-command.ts'
import { isGateway } from '../../broker/probe.ts'
import type { ServeEntry } from '../../broker/registry.ts'
import { readEntry } from '../../broker/registry.ts'
import { knownFeatures } from '../../config/upstream-features.ts'
import type { ChildEnvironment } from '../../launch/child-env.ts'
import { childEnvironment } from '../../launch/child-env.ts'
import type { Context } from '../context.ts'
import { print } from '../output.ts'
import type { ClaudeState } from '../upstream/claude-state.ts'
import { readClaudeState } from '../upstream/claude-state.ts'
import { configuredUpstream } from '../upstream/upstream.ts'
import type { Shell } from './shells.ts'

/** A variable to set, or with undefined to take away. */
type Change = readonly [name: string, value: string | undefined]

/**
 * Prints what points a shell or an editor at the running `serve` of the profile: the same variables that `run` gives
 * its child.
 * @throws GatewayError SERVE_NOT_RUNNING
 */
export async function env(context: Context, { shell }: { readonly shell: Shell }): Promise<number> {
  const { profile } = context.config().values
  const entry = readEntry(context.stateDirectory(), profile)
  if (!entry || !(await isGateway(entry.url, entry.access)))
    throw new GatewayError('SERVE_NOT_RUNNING', { profile, command: profileCommand(profile) })
  const claude = await readClaudeState(context)
  const environment = environmentFor(context, claude, entry)
  await print(context.stdout, `${format(changes(context.env, environment.env), shell)}\n`)
  const notes = [
    ...warnings(environment),
    ...noteElsewhere(entry, configuredUpstream(context.config(), claude)),
  ]
  for (const note of notes) context.stderr.write(`claude-gw: ${note}\n`)
  return 0
}

/** What the upstream can do is for the running gateway to say: this shell may be configured for another one. */
function environmentFor(
  context: Context,
  { env, layers }: ClaudeState,
  { url, access, profile, runId, isAnthropic, upstream, configuredUpstream }: ServeEntry,
): ChildEnvironment {
  const { toolSearch, fineGrainedStreaming } = context.config().values
  return childEnvironment({
    env,
    platform: context.platform,
    layers,
    gateway: { url, access },
    profile,
    runId,
    configuredUpstream,
    features: knownFeatures(context.stateDirectory(), { name: upstream, isAnthropic }),
    toolSearch,
    fineGrainedStreaming,
    withheld: [],
    isBackground: false,
  })
}

/** The shell is not one run deeper for it, however often it takes the variables. */
const DEPTH = 'CLAUDE_GW_RUN_DEPTH'

/**
 * The marks of a run are among them: with these, a `claude-gw` in that shell knows that this gateway is no upstream.
 * What is no name of a variable in a shell is not: settings files can hold any text there, and it would be run as a
 * command.
 */
function changes(before: Context['env'], after: ChildEnvironment['env']): Change[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])]
  return names
    .filter((name) => /^[A-Za-z_]\w*$/.test(name) && name !== DEPTH)
    .filter((name) => before[name] !== after[name])
    .map((name) => [name, after[name]] as const)
}

function warnings({ routing, notes }: ChildEnvironment): readonly string[] {
  if (routing.kind !== 'settings') return notes
  return [
    ...notes,
    'settings files of Claude Code lead past this gateway; variables alone cannot change that, `run` can',
  ]
}

function noteElsewhere(entry: ServeEntry, wanted: string): readonly string[] {
  if (entry.configuredUpstream === wanted) return []
  const command = profileCommand(entry.profile)
  return [
    `this gateway goes to ${entry.upstream}; for ${wanted} end it, and start \`${command} serve\` again`,
  ]
}

function format(list: readonly Change[], shell: Shell): string {
  if (shell === 'json')
    return JSON.stringify(
      Object.fromEntries(list.map(([name, value]) => [name, value ?? null])),
      undefined,
      2,
    )
  return list
    .map(([name, value]) => (value === undefined ? removal(shell, name) : assignment(shell, name, value)))
    .join('\n')
}

type ShellSyntax = Exclude<Shell, 'json'>

function assignment(shell: ShellSyntax, name: string, value: string): string {
  switch (shell) {
    case 'sh':
      return `export ${name}='${value.replaceAll("'", `'\\''`)}'`
    case 'fish':
      return `set -gx ${name} '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    case 'powershell':
      return `$env:${name} = '${quotedForPowerShell(value)}'`
  }
}

/**
 * PowerShell takes typographic quotes for quotes (about_Quoting_Rules), and a pipe into `Invoke-Expression` runs each
 * line by itself.
 */
function quotedForPowerShell(value: string): string {
  return value
    .replace(/['\u2018-\u201b]/g, '$&$&')
    .replace(/[\r\n]/g, (character) => `' + [char]${character.charCodeAt(0)} + '`)
}

function removal(shell: ShellSyntax, name: string): string {
  switch (shell) {
    case 'sh':
      return `unset ${name}`
    case 'fish':
      return `set -e ${name}`
    case 'powershell':
      return `Remove-Item Env:${name} -ErrorAction SilentlyContinue`
  }
}
