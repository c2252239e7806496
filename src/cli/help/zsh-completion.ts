import type { CommandEntry, CompletionTable, OptionEntry } from './completion-table.ts'
import { namedSets } from './completion-table.ts'
import type { Values, Word } from './completion-values.ts'

/**
 * The completions as a script for zsh, with a function for each command, as `_arguments` wants them
 * (https://zsh.sourceforge.io/Doc/Release/Completion-System.html). It can be a file in `fpath` or be sourced.
 */
export function zshCompletion(table: CompletionTable): string {
  const { entries, globals } = table
  return `#compdef claude-gw
# Completions of claude-gw for zsh, as \`claude-gw completion zsh\` prints them.

typeset -ga _claude_gw_globals=(
${globals
  .flatMap(optionSpecs)
  .map((spec) => `  ${quoted(spec)}`)
  .join('\n')}
)

${[...setFunctions(table), ...entries.map(functionFor)].join('\n\n')}

if [[ $funcstack[1] == _claude-gw ]]; then
  _claude-gw "$@"
else
  compdef _claude-gw claude-gw
fi
`
}

function functionFor(entry: CommandEntry): string {
  const body = entry.isLaunching
    ? // Its own completion where there is one, else files.
      '  words[1]=claude\n  _normal'
    : entry.commands.length > 0
      ? groupBody(entry)
      : `  _arguments ${specsOf(entry)}`
  return `${functionName(entry.path)}() {\n${body}\n}`
}

/** A word with others to go on from: once one of them is there, all that follows is its own. */
function groupBody(entry: CommandEntry): string {
  const inner = entry.commands.map(({ path, name }) => `        ${name}) ${functionName(path)} && ret=0 ;;`)
  const [offered] = entry.arguments
  return `  local curcontext=$curcontext context state line ret=1
  typeset -A opt_args
${offered ? '' : `  local -a commands=(\n${listing(entry.commands, '    ')}\n  )\n`}  _arguments -C ${specsOf({ ...entry, arguments: [] })} \\
    '(-): :->command' '(-)*:: :->rest' && ret=0
  case $state in
    command) ${namedSet(offered) ?? '_describe -t commands command commands'} && ret=0 ;;
    rest)
      case $words[1] in
${inner.join('\n')}
        *) _arguments ${specsOf({ ...entry, arguments: entry.arguments.slice(1) })} && ret=0 ;;
      esac ;;
  esac
  return ret`
}

/** The function that offers a set; undefined where there is none. */
function namedSet(values: Values | undefined): string | undefined {
  return values?.kind === 'words' && values.name !== undefined ? setName(values.name) : undefined
}

function specsOf({ options, arguments: places }: CommandEntry): string {
  const specs = [
    ...options.flatMap(optionSpecs),
    ...places.map((values, index) => `${index + 1}:${messageOf(values)}${action(values)}`),
  ]
  return ['-S $_claude_gw_globals', ...specs.map(quoted)].join(' \\\n    ')
}

/** One for each of its forms, which exclude each other. */
function optionSpecs({ flags, help, values, placeholder }: OptionEntry): readonly string[] {
  const others = flags.length > 1 ? `(${flags.join(' ')})` : ''
  return flags.map((flag) => {
    const joint = values === undefined ? '' : flag.startsWith('--') ? '=' : '+'
    const value = values === undefined ? '' : `:${placeholder}${action(values)}`
    return `${others}${flag}${joint}[${help.replace(/[\\\]:]/g, '\\$&')}]${value}`
  })
}

/** A single space offers nothing, and says what is wanted. */
function action(values: Values): string {
  if (values.kind === 'any') return ': '
  if (values.kind === 'file') return ':_files'
  if (values.name !== undefined) return `:${setName(values.name)}`
  const names = values.words.map(({ name }) => name).join(' ')
  return values.isList ? `:_sequence compadd - ${names}` : `:(${names})`
}

/** What zsh calls the place of an argument. */
function messageOf(values: Values): string {
  return values.kind === 'words' ? (values.name ?? 'word') : values.kind === 'file' ? 'file' : 'value'
}

function setFunctions(table: CompletionTable): readonly string[] {
  return [...namedSets(table)].map(
    ([name, words]) => `${setName(name)}() {
  local -a words_of_set=(
${listing(words, '    ')}
  )
  _describe -t ${name} ${name} words_of_set
}`,
  )
}

/** As `_describe` reads them. */
function listing(words: readonly Word[], indent: string): string {
  return words
    .map(({ name, help }) => indent + quoted(`${name}${help ? `:${help.replaceAll('\\', '\\\\')}` : ''}`))
    .join('\n')
}

function setName(name: string): string {
  return `_claude_gw__${name}`
}

function functionName(path: string): string {
  return path === '' ? '_claude-gw' : `_claude_gw_${path.replaceAll(/\W/g, '_')}`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
