/** What the arguments of `claude` say about the session that they start. */
export interface ClaudeArguments {
  readonly kind: InvocationKind
  /** The subcommand, or the first word of the prompt. */
  readonly operand?: string
  /** The argument that makes it a background session. */
  readonly backgroundArgument?: string
  /** Value of the last `--settings`: a path or a JSON text. */
  readonly settings?: string
  /** Scopes of the settings files that are read; undefined for all. */
  readonly settingSources?: readonly string[]
  /** `-p`: one prompt, nothing interactive. */
  readonly isPrint: boolean
  /** Goes on with an earlier transcript. */
  readonly isResumed: boolean
}

/** `session` talks to the API itself, `background` has another process do it, `tool` does not do it at all. */
export type InvocationKind = 'session' | 'background' | 'tool'

/** Options that take the next argument, whatever it looks like (Claude Code 2.1.329's own table). */
const VALUED =
  words(`--prefill --settings --managed-settings --setting-sources --team-name --agent-id --agent-name
  --agent-color --parent-session-id --agent-type --model --agent --routine --effort --fast-mode --permission-mode
  --debug-file --system-prompt --system-prompt-file --append-system-prompt --append-system-prompt-file
  --system-prompt-snapshot --permission-prompt-tool --permission-prompts --json-schema --fallback-model --advisor
  --agents --name -n --plugin-dir --plugin-url --remote-control-session-name-prefix --sdk-url --thinking
  --max-thinking-tokens --max-turns --max-budget-usd --task-budget --autocompact --output-format --input-format
  --teammate-mode --session-id --environment --resume-session-at`)
/** Options that take every following argument up to the next option. */
const VARIADIC = words(`--allowedTools --allowed-tools --disallowedTools --disallowed-tools --tools --add-dir
  --mcp-config --betas --file --channels`)
/** Options that take the next argument unless it is an option. */
const OPTIONAL =
  words(`-d --debug -r --resume --from-pr -w --worktree --teleport --cloud --remote --remote-control
  --rc --prompt-suggestions`)
const BACKGROUND_OPTIONS = words('--bg --background --routine')
const BACKGROUND_COMMANDS = words('agents respawn')
const TOOL_OPTIONS = words('-h --help -v --version')
/** Subcommands of 2.1.197 and 2.1.329 that send no inference request of their own. */
const TOOL_COMMANDS =
  words(`attach auth auto-mode config doctor gateway import install kill logs mcp plugin plugins
  project purge rm sandbox setup-token stop ultrareview update upgrade`)

/** Reads the arguments of `claude` as it does itself; `--` ends the options. */
export function parseClaudeArguments(args: readonly string[]): ClaudeArguments {
  const { options, operand } = scan(args)
  const names = new Set(options.map(({ name }) => name))
  const settings = last(options, '--settings')
  const sources = names.has('--restricted') ? '' : last(options, '--setting-sources')
  const backgroundArgument = findBackground(names, operand)
  return {
    kind: kindOf(names, operand, backgroundArgument),
    ...(operand !== undefined && { operand }),
    ...(backgroundArgument !== undefined && { backgroundArgument }),
    ...(settings !== undefined && { settings }),
    ...(sources !== undefined && { settingSources: sources.split(',').map((source) => source.trim()) }),
    isPrint: names.has('-p') || names.has('--print'),
    isResumed: ['-c', '--continue', '-r', '--resume', '--from-pr'].some((name) => names.has(name)),
  }
}

/**
 * The arguments with one `--settings` that names a file, in the place of those they had: given twice, only the last
 * counts, and nothing is merged.
 */
export function replaceSettings(args: readonly string[], path: string): string[] {
  const spans = scan(args).options.filter(({ name }) => name === '--settings')
  const kept = args.filter((_, index) => !spans.some(({ start, end }) => start <= index && index < end))
  return ['--settings', path, ...kept]
}

interface Option {
  readonly name: string
  readonly value?: string
  /** The arguments from `start` up to, not including, `end`. */
  readonly start: number
  readonly end: number
}

function scan(args: readonly string[]): { readonly options: readonly Option[]; readonly operand?: string } {
  const options: Option[] = []
  let operand: string | undefined
  let index = 0
  while (index < args.length && args[index] !== '--') {
    const text = args[index] as string
    if (!isOption(text)) operand ??= text
    else options.push(readOption(args, index))
    index = isOption(text) ? (options.at(-1)?.end ?? index + 1) : index + 1
  }
  operand ??= args[index + 1]
  return { options, ...(operand !== undefined && { operand }) }
}

function readOption(args: readonly string[], start: number): Option {
  const text = args[start] as string
  const equals = text.startsWith('--') ? text.indexOf('=') : -1
  if (equals !== -1)
    return { name: text.slice(0, equals), value: text.slice(equals + 1), start, end: start + 1 }
  const end = endOfValue(args, text, start + 1)
  const value = end > start + 1 ? args[start + 1] : undefined
  return { name: text, ...(value !== undefined && { value }), start, end }
}

function endOfValue(args: readonly string[], name: string, next: number): number {
  if (VALUED.has(name)) return Math.min(next + 1, args.length)
  if (OPTIONAL.has(name)) return isValue(args[next]) ? next + 1 : next
  if (!VARIADIC.has(name)) return next
  let end = Math.min(next + 1, args.length)
  while (isValue(args[end])) end += 1
  return end
}

function isOption(text: string): boolean {
  return text.length > 1 && text.startsWith('-')
}

function isValue(text: string | undefined): boolean {
  return text !== undefined && !isOption(text)
}

/** `agents --json` only lists. */
function findBackground(names: ReadonlySet<string>, operand: string | undefined): string | undefined {
  if (isInformation(names)) return undefined
  const option = [...BACKGROUND_OPTIONS].find((name) => names.has(name))
  if (option !== undefined) return option
  if (operand === undefined || !BACKGROUND_COMMANDS.has(operand)) return undefined
  return operand === 'agents' && names.has('--json') ? undefined : operand
}

function kindOf(
  names: ReadonlySet<string>,
  operand: string | undefined,
  backgroundArgument: string | undefined,
): InvocationKind {
  if (isInformation(names)) return 'tool'
  if (backgroundArgument !== undefined) return 'background'
  const isTool = operand !== undefined && (TOOL_COMMANDS.has(operand) || BACKGROUND_COMMANDS.has(operand))
  return isTool ? 'tool' : 'session'
}

function isInformation(names: ReadonlySet<string>): boolean {
  return [...TOOL_OPTIONS].some((name) => names.has(name))
}

function last(options: readonly Option[], name: string): string | undefined {
  return options.findLast((option) => option.name === name)?.value
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/))
}
