import type { Command, Option } from 'commander'
import { GLOBAL_OPTIONS } from '../../config/global-options.ts'
import { LAUNCHING } from '../arguments.ts'
import type { Values, Word } from './completion-values.ts'
import { placeholderOf, valuesOfArgument, valuesOfOption } from './completion-values.ts'
import { TOPICS } from './topics.ts'

export interface OptionEntry {
  /** As `-n` and `--count`. */
  readonly flags: readonly string[]
  readonly help: string
  /** Undefined for a switch. */
  readonly values?: Values
  /** What stands for its value in the help. */
  readonly placeholder: string
}

/** A command as the scripts for shells need it. */
export interface CommandEntry {
  /** As `logs show`; empty for the program itself. */
  readonly path: string
  /** The path of the command above. */
  readonly parent: string
  readonly name: string
  readonly help: string
  readonly commands: readonly CommandEntry[]
  /** What is offered beside the global options: its own, and those of the command above that it heeds. */
  readonly options: readonly OptionEntry[]
  /** By their position. */
  readonly arguments: readonly Values[]
  /** Whether all that follows belongs to another program. */
  readonly isLaunching: boolean
}

export interface CompletionTable {
  /** The program itself, and all commands, each before those below it. */
  readonly entries: readonly CommandEntry[]
  /** Taken everywhere but behind what launches another program. */
  readonly globals: readonly OptionEntry[]
}

/** Of the options of the command above, which the parser takes behind any command below, those that mean something there. */
const HEEDED: Readonly<Record<string, (flag: string) => boolean>> = {
  'logs show': (flag) => flag === '--json',
  'logs export': (flag) => !['--fields', '--json', '--follow'].includes(flag),
}

/** The commands and options of the program. */
export function completionTable(program: Command): CompletionTable {
  const root = entryOf(program, undefined)
  const words = [...root.commands, ...TOPICS.map(({ name, title }) => ({ name, help: title }))]
  const explained: Values = { kind: 'words', name: 'explained', words }
  const entries = flatten(root).map((entry) =>
    entry.path === 'help' ? { ...entry, arguments: [explained] } : entry,
  )
  return { entries, globals: visibleOptions(program).filter(isGlobal) }
}

/** The sets of words that several places offer, by name. */
export function namedSets({ entries }: CompletionTable): ReadonlyMap<string, readonly Word[]> {
  const sets = entries
    .flatMap((entry) => entry.arguments)
    .flatMap((values) =>
      values.kind === 'words' && values.name !== undefined ? [[values.name, values.words] as const] : [],
    )
  return new Map(sets)
}

function entryOf(command: Command, parent: CommandEntry | undefined): CommandEntry {
  const path = parent ? `${parent.path} ${command.name()}`.trim() : ''
  const own = visibleOptions(command).filter((option) => !isGlobal(option))
  const above = parent?.path ? parent.options : []
  const entry = {
    path,
    parent: parent?.path ?? '',
    name: command.name(),
    help: command.description(),
    options: [...own, ...above.filter(({ flags }) => HEEDED[path]?.(flags.at(-1) ?? ''))],
    arguments: command.registeredArguments.map(valuesOfArgument),
    isLaunching: LAUNCHING.some((name) => name === path),
    commands: [],
  }
  return { ...entry, commands: command.commands.map((inner) => entryOf(inner, entry)) }
}

function visibleOptions(command: Command): readonly OptionEntry[] {
  return command.createHelp().visibleOptions(command).map(optionEntry)
}

function optionEntry(option: Option): OptionEntry {
  const values = valuesOfOption(option)
  return {
    flags: [option.short, option.long].filter((flag) => flag !== undefined),
    help: option.description,
    placeholder: placeholderOf(option),
    ...(values && { values }),
  }
}

/** Those that the program itself has, and the help that every command has. */
function isGlobal({ flags }: OptionEntry): boolean {
  return ['help', ...GLOBAL_OPTIONS.map(({ name }) => name)].some((name) => flags.includes(`--${name}`))
}

function flatten(entry: CommandEntry): readonly CommandEntry[] {
  return [entry, ...entry.commands.flatMap(flatten)]
}
