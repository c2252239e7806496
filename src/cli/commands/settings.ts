import { GatewayError } from '../../base/errors.ts'
import type { SettingsScope } from '../config/settings-place.ts'
import { CLAUDE_PLACES, VSCODE_PLACES } from '../config/settings-place.ts'
import type { SettingsSnippet } from '../config/settings-snippet.ts'
import { settingsSnippet } from '../config/settings-snippet.ts'
import { wrapperPath } from '../config/wrapper-path.ts'
import type { Context } from '../context.ts'
import { escapeControls, escapeJson, print } from '../output.ts'
import { readClaudeState } from '../upstream/claude-state.ts'
import { resolveUpstream } from '../upstream/upstream.ts'

export interface SettingsInput {
  readonly scope: SettingsScope
  readonly editor?: 'vscode'
  /** Starts Claude Code through `claude-gw-run`, with a gateway, instead of leading it to the upstream. */
  readonly isWrapper: boolean
}

/**
 * Prints settings that make Claude Code use the upstream of the profile, and tells where they go. Writes no file.
 * @throws GatewayError USAGE, of the configuration
 */
export async function settings(context: Context, input: SettingsInput): Promise<number> {
  checkInput(input)
  const snippet = input.isWrapper ? wrapperSnippet(context) : await directSnippet(context)
  const document = input.editor ? forVsCode(context, snippet, input) : forClaude(context, snippet, input)
  const lines = JSON.stringify(document, undefined, 2).split('\n')
  await print(context.stdout, `${lines.map(escapeJson).join('\n')}\n`)
  if (!context.options.isQuiet) tell(context, input, snippet)
  return 0
}

function checkInput({ scope, editor, isWrapper }: SettingsInput): void {
  if (editor && scope !== 'user')
    throw new GatewayError('USAGE', {
      reason: `settings of an editor are the user's; \`--scope ${scope}\` is for those of Claude Code`,
    })
  if (isWrapper && scope === 'project')
    throw new GatewayError('USAGE', {
      reason: 'Claude Code ignores a process wrapper in a repository’s settings',
    })
}

async function directSnippet(context: Context): Promise<SettingsSnippet> {
  const config = context.config()
  const claude = await readClaudeState(context)
  const upstream = resolveUpstream(config, claude)
  return settingsSnippet({ values: config.values, upstream, env: claude.env, home: context.home })
}

/** The wrapper takes its configuration where `run` does; only the profile has to be told. */
function wrapperSnippet(context: Context): SettingsSnippet {
  const { profile } = context.config().values
  return { env: profile === 'default' ? {} : { CLAUDE_GW_PROFILE: profile }, notes: [] }
}

/** The variable wants an absolute path (https://code.claude.com/docs/en/corporate-launcher). */
function forClaude(context: Context, { env, apiKeyHelper }: SettingsSnippet, { isWrapper }: SettingsInput) {
  const wrapper = isWrapper ? { CLAUDE_CODE_PROCESS_WRAPPER: toArguments(wrapperPath(context)) } : {}
  return { env: { ...env, ...wrapper }, ...(apiKeyHelper !== undefined && { apiKeyHelper }) }
}

/** Claude Code takes the value apart at spaces, unless it is a JSON array. */
function toArguments(path: string): string {
  return /[\s"\\]/.test(path) ? JSON.stringify([path]) : path
}

/** https://code.claude.com/docs/en/vs-code, "Configure settings" */
function forVsCode(context: Context, { env }: SettingsSnippet, { isWrapper }: SettingsInput) {
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }))
  const isOwnLogin = context.config().values.credential === 'passthrough'
  return {
    ...(variables.length > 0 && { 'claudeCode.environmentVariables': variables }),
    ...(isWrapper && { 'claudeCode.claudeProcessWrapper': wrapperPath(context) }),
    ...(!isOwnLogin && { 'claudeCode.disableLoginPrompt': true }),
  }
}

function tell({ stderr }: Context, input: SettingsInput, snippet: SettingsSnippet): void {
  const places = input.editor ? VSCODE_PLACES : CLAUDE_PLACES[input.scope]
  const notes = [...snippet.notes, ...scopeNotes(input), ...wayNotes(input, snippet)]
  stderr.write('claude-gw: merge this into\n')
  for (const place of places) stderr.write(`  ${place}\n`)
  for (const note of notes) stderr.write(`claude-gw: ${escapeControls(note)}\n`)
}

function scopeNotes({ scope }: SettingsInput): string[] {
  switch (scope) {
    case 'user':
      return []
    case 'project':
      return [
        'claude-gw itself trusts no settings of a repository: `claude-gw run` takes no upstream and no key from this file; `.claude-gw.json` with `claude-gw config trust` is for that',
        '`claude-gw key` gives a stored key only to the upstream that it was stored for, whatever the file says',
      ]
    case 'managed':
      return [
        'leave `forceLoginMethod` and `forceLoginOrgUUID` out: with one of them Claude Code takes no key of a gateway',
        'every machine needs claude-gw, in the same place, and each developer their own `claude-gw login`',
      ]
  }
}

function wayNotes({ editor, isWrapper }: SettingsInput, { apiKeyHelper }: SettingsSnippet): string[] {
  if (isWrapper && editor) return ['Windows starts only an .exe as a wrapper: use `claude-gw serve` there']
  if (isWrapper)
    return [
      'it covers background sessions and what else Claude Code starts of itself (2.1.208 or newer, not on Windows), not the `claude` that you type',
      'restart its background service with `claude daemon stop --any`',
    ]
  if (editor && apiKeyHelper !== undefined)
    return [
      `the key comes from the user settings of Claude Code, which the extension reads too: "apiKeyHelper": "${apiKeyHelper}"`,
    ]
  return apiKeyHelper === undefined
    ? ['Claude Code uses its own login']
    : ['requests then go straight to the upstream: without its traffic log']
}
