import type { InvocationKind } from './invocation.ts'
import { findBackground, invocationKind, isPrint } from './invocation.ts'

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

/** Reads the arguments of `claude` as it does itself; `--` ends the options. */
export function parseClaudeArguments(args: readonly string[]): ClaudeArguments {
  const { options, operand } = scan(args)
  const names = new Set(options.map(({ name }) => name))
  const settings = last(options, '--settings')
  const sources = names.has('--restricted') ? '' : last(options, '--setting-sources')
  const facts = { args, names, operand }
  const backgroundArgument = findBackground(facts)
  return {
    kind: invocationKind(facts),
    ...(operand !== undefined && { operand }),
    ...(backgroundArgument !== undefined && { backgroundArgument }),
    ...(settings !== undefined && { settings }),
    ...(sources !== undefined && { settingSources: sources.split(',').map((source) => source.trim()) }),
    isPrint: isPrint(facts),
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
    const read = isOption(text) ? readOptions(args, index) : []
    if (read.length === 0) operand ??= text
    options.push(...read)
    index = read.at(-1)?.end ?? index + 1
  }
  operand ??= args[index + 1]
  return { options, ...(operand !== undefined && { operand }) }
}

/** One argument may be several options: `-cp` is `-c -p`. */
function readOptions(args: readonly string[], start: number): Option[] {
  const text = args[start] as string
  const [, switches = '', rest] = /^-([chpv]*)([A-Za-z].*)$/s.exec(text) ?? []
  const last = readOption(args, start, rest === undefined ? text : `-${rest}`)
  return [...[...switches].map((letter) => ({ name: `-${letter}`, start, end: last.end })), last]
}

/** A value may stand behind `=`, directly behind the one letter of an option, or in the next argument. */
function readOption(args: readonly string[], start: number, text: string): Option {
  const [, letter, attached] = /^(-[dnrw])(?!2e$)(.+)$/s.exec(text) ?? []
  if (letter !== undefined && attached !== undefined)
    return { name: letter, value: attached, start, end: start + 1 }
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

function last(options: readonly Option[], name: string): string | undefined {
  return options.findLast((option) => option.name === name)?.value
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/))
}
