import type { Command, Option } from 'commander'
import { GLOBAL_OPTIONS } from '../../config/global-options.ts'
import { LAUNCHING } from '../arguments.ts'
import type { Values, Word } from './completion-values.ts'
import { placeholderOf, SETTABLE_CHOICES, valuesOfArgument, valuesOfOption } from './completion-values.ts'
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
  /** Words that others go on from; they are what is offered, unless there are arguments. */
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
  const goingOn: Readonly<Record<string, Partial<CommandEntry>>> = {
    help: {
      commands: [...root.commands.map((entry) => explained(entry, 'help')), ...TOPICS.map(topicEntry)],
      arguments: [],
    },
    'config set': { commands: [...SETTABLE_CHOICES].map(([name, values]) => valueEntry(name, values)) },
  }
  const entries = flatten(root).flatMap((entry) => {
    const further = goingOn[entry.path]
    return further ? flatten({ ...entry, ...further }) : [entry]
  })
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

/** A command behind `help`, with those below it. */
function explained(entry: CommandEntry, parent: string): CommandEntry {
  const { path, name, help, commands } = { ...entry, path: `${parent} ${entry.name}` }
  return { ...plainEntry(name, parent, help), commands: commands.map((inner) => explained(inner, path)) }
}

function topicEntry({ name, title }: (typeof TOPICS)[number]): CommandEntry {
  return plainEntry(name, 'help', title)
}

/** A key whose values are known. */
function valueEntry(key: string, values: Values): CommandEntry {
  return { ...plainEntry(key, 'config set'), arguments: [values] }
}

/** A word that is no command, but may have others behind it. */
function plainEntry(name: string, parent: string, help = ''): CommandEntry {
  const path = `${parent} ${name}`
  return { path, parent, name, help, commands: [], options: [], arguments: [], isLaunching: false }
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
