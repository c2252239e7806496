import { shellWord } from '../../base/shell-word.ts'
import type { CommandEntry, CompletionTable, OptionEntry } from './completion-table.ts'
import type { Values } from './completion-values.ts'

/**
 * The completions as a script for bash 3.2, which macOS has, and newer. It needs nothing but bash itself.
 * bash cuts words at `=`, `:` and `@` (COMP_WORDBREAKS), so the value of an option may be several words.
 */
export function bashCompletion({ entries, globals }: CompletionTable): string {
  return `# Completions of claude-gw for bash, as \`claude-gw completion bash\` prints them.

_claude_gw() {
  local current=\${COMP_WORDS[COMP_CWORD]} path= option= position=0 index=0 word
  COMPREPLY=()
  while (( ++index < COMP_CWORD )); do
    word=\${COMP_WORDS[index]}
    if [[ -n $option ]]; then
      [[ $word == = ]] && continue
      while [[ \${COMP_WORDS[index + 1]} == [:=@]* ]] && (( index + 1 < COMP_CWORD )); do (( index += 2 )); done
      (( index < COMP_CWORD )) && option=
    elif [[ $word == -* ]]; then
      _claude_gw_takes_value && option=$word
    elif _claude_gw_is_command; then
      path=\${path:+$path }$word position=0
    else
      (( position++ ))
    fi
    case $path in
      ${pattern(launchers(entries))}) _claude_gw_claude $(( index + 1 )); return ;;
    esac
  done
  if [[ -n $option ]]; then
    [[ $current == = ]] && current=
    _claude_gw_value
  elif [[ $current == -* ]]; then
    _claude_gw_option
  else
    _claude_gw_argument
  fi
}

# Offers those of the words that begin as the current one does.
_claude_gw_words() {
  local word
  for word; do
    [[ $word == "$current"* ]] && COMPREPLY+=("$word")
  done
}

# The same for the last word of a list with commas.
_claude_gw_list() {
  local word head=
  [[ $current == *,* ]] && head=\${current%,*},
  for word; do
    [[ $head$word == "$current"* ]] && COMPREPLY+=("$head$word")
  done
}

# bash's own completion of files knows quotes; without \`compopt\`, before bash 4, names alone have to do.
_claude_gw_files() {
  local name
  compopt -o default 2>/dev/null && return
  while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen -f -- "$current")
}

# What belongs to claude: its own completion where there is one, else files. $1 is where its arguments begin.
_claude_gw_claude() {
  local spec
  spec=$(complete -p claude 2>/dev/null)
  [[ $spec =~ -F\\ ([^ ]+) ]] || { _claude_gw_files; return; }
  COMP_WORDS=(claude "\${COMP_WORDS[@]:$1}")
  COMP_CWORD=$(( COMP_CWORD - $1 + 1 ))
  COMP_LINE=\${COMP_WORDS[*]}
  COMP_POINT=\${#COMP_LINE}
  "\${BASH_REMATCH[1]}" claude "$current" "\${COMP_WORDS[COMP_CWORD - 1]}"
}

_claude_gw_takes_value() {
  case $path:$word in
${lines([takers('*', globals), ...entries.map(({ path, options }) => takers(path, options))], '')}
    *) return 1 ;;
  esac
}

_claude_gw_is_command() {
  case $path:$word in
${lines(entries.map(commandPattern), '')}
    *) return 1 ;;
  esac
}

_claude_gw_value() {
  case $path:$option in
${[...globals.map((option) => valueCase('*', option)), ...entries.flatMap(valueCases)].join('')}  esac
}

_claude_gw_option() {
  case $path in
${entries.map((entry) => branch([entry.path], offer(flagsOf(entry.options)))).join('')}  esac
  ${offer(flagsOf(globals))}
}

_claude_gw_argument() {
  case $path:$position in
${entries.flatMap(argumentCases).join('')}  esac
}

complete -F _claude_gw claude-gw
`
}

function launchers(entries: readonly CommandEntry[]): readonly string[] {
  return entries.filter(({ isLaunching }) => isLaunching).map(({ path }) => path)
}

/** The options that take a value, as patterns. */
function takers(path: string, options: readonly OptionEntry[]): readonly string[] {
  return flagsOf(options.filter(({ values }) => values)).map((flag) => `${path}:${flag}`)
}

function commandPattern({ path, commands }: CommandEntry): readonly string[] {
  return commands.map(({ name }) => `${path}:${name}`)
}

function lines(patterns: readonly (readonly string[])[], call: string): string {
  return patterns
    .map((texts) => branch(texts, call))
    .join('')
    .trimEnd()
}

function valueCases({ path, options }: CommandEntry): readonly string[] {
  return options.map((option) => valueCase(path, option))
}

function valueCase(path: string, { flags, values }: OptionEntry): string {
  const call = values && callFor(values)
  return call
    ? branch(
        flags.map((flag) => `${path}:${flag}`),
        call,
      )
    : ''
}

function argumentCases({ path, commands, arguments: places }: CommandEntry): readonly string[] {
  const names = commands.map(({ name }) => name)
  const values = places.map((place, position) => branch([`${path}:${position}`], callFor(place) ?? ''))
  return places.length === 0 && names.length > 0 ? [branch([`${path}:0`], offer(names))] : values
}

/** The call that offers values; undefined where nothing can be offered. */
function callFor(values: Values): string | undefined {
  if (values.kind === 'any') return undefined
  if (values.kind === 'file') return '_claude_gw_files'
  const names = values.words.map(({ name }) => name)
  return offer(names, values.isList ? '_claude_gw_list' : '_claude_gw_words')
}

function offer(names: readonly string[], call = '_claude_gw_words'): string {
  return names.length === 0 ? '' : `${call} ${names.map(shellWord).join(' ')}`
}

function flagsOf(options: readonly OptionEntry[]): readonly string[] {
  return options.flatMap(({ flags }) => flags)
}

/** A line of a `case`; none without patterns. */
function branch(texts: readonly string[], call: string): string {
  return texts.length === 0 ? '' : `    ${pattern(texts)}) ${call ? `${call} ` : ''};;\n`
}

/** A star in front stands for any command; all else for itself. */
function pattern(texts: readonly string[]): string {
  return texts.map((text) => (text.startsWith('*') ? `*${quoted(text.slice(1))}` : quoted(text))).join('|')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
