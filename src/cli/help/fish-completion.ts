import type { CommandEntry, CompletionTable, OptionEntry } from './completion-table.ts'
import { namedSets } from './completion-table.ts'
import type { Values } from './completion-values.ts'

/** The completions as a script for fish 3.2 and newer. */
export function fishCompletion(table: CompletionTable): string {
  const { entries, globals } = table
  const launching = entries.filter(({ isLaunching }) => isLaunching).map(({ path }) => path)
  return `# Completions of claude-gw for fish, as \`claude-gw completion fish\` prints them.

# Before the cursor: the commands, how many arguments they have, and how many words that are.
function __claude_gw_place
    set -l words (commandline -opc)
    set -l path ''
    set -l arguments 0
    set -l index 1
    while test $index -lt (count $words)
        set index (math $index + 1)
        set -l word $words[$index]
        switch "$path:$word"
            case ${oneLine([...takers('*', globals), ...entries.flatMap(({ path, options }) => takers(path, options))])}
                set index (math $index + 1)
            case '*:-*'
            case ${oneLine(entries.filter(({ path }) => path !== '').map(({ parent, name }) => `${parent}:${name}`))}
                set path (string trim "$path $word")
                set arguments 0
                contains -- $path ${oneLine(launching)}; and break
            case '*'
                set arguments (math $arguments + 1)
        end
    end
    printf '%s\\n' $path $arguments $index
end

# Whether the cursor is behind these commands, and at the argument with this number if there is one.
function __claude_gw_at
    set -l place (__claude_gw_place)
    test "$place[1]" = "$argv[1]"; and begin
        not set -q argv[2]; or test "$place[2]" = "$argv[2]"
    end
end

# Whether what the cursor is at is not for another program.
function __claude_gw_is_ours
    not contains -- (__claude_gw_place)[1] ${oneLine(launching)}
end

# What belongs to claude: its own completions where there are some, else files.
function __claude_gw_claude
    set -l words (commandline -opc)
    set -l place (__claude_gw_place)
    set -e words[1..$place[3]]
    complete -C "claude "(string join ' ' -- (string escape -- $words) (commandline -ct))
end

${setFunctions(table).join('\n\n')}

complete -c claude-gw -e
complete -c claude-gw -f
${globals.map((option) => complete('__claude_gw_is_ours', optionText(option))).join('\n')}
${entries.flatMap(linesFor).join('\n')}
`
}

function takers(path: string, options: readonly OptionEntry[]): readonly string[] {
  return options.filter(({ values }) => values).flatMap(({ flags }) => flags.map((flag) => `${path}:${flag}`))
}

function linesFor(entry: CommandEntry): readonly string[] {
  const { path, commands, options, arguments: places, isLaunching } = entry
  if (isLaunching) return [complete(at(path), `-a ${quoted('(__claude_gw_claude)')}`)]
  return [
    ...(places.length > 0
      ? []
      : commands.map(({ name, help }) => complete(at(path, 0), `-a ${name} -d ${quoted(help)}`))),
    ...options.map((option) => complete(at(path), optionText(option))),
    ...places.flatMap((values, position) =>
      values.kind === 'any' ? [] : [complete(at(path, position), valueText(values))],
    ),
  ]
}

function at(path: string, position?: number): string {
  return `__claude_gw_at ${quoted(path)}${position === undefined ? '' : ` ${position}`}`
}

function complete(condition: string, rest: string): string {
  return `complete -c claude-gw -n ${quoted(condition)} ${rest}`
}

function optionText({ flags, help, values }: OptionEntry): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
  const taken =
    values === undefined
      ? []
      : values.kind === 'any'
        ? ['-x']
        : [values.kind === 'file' ? '-r' : '-x', valueText(values)]
  return [...names, ...taken, `-d ${quoted(help)}`].join(' ')
}

function valueText(values: Exclude<Values, { kind: 'any' }>): string {
  if (values.kind === 'file') return '-F'
  if (values.name !== undefined) return `-a ${quoted(`(${setName(values.name)})`)}`
  const names = values.words.map(({ name }) => name).join(' ')
  return `-a ${quoted(values.isList ? `(__fish_append , ${names})` : names)}`
}

function setFunctions(table: CompletionTable): readonly string[] {
  return [...namedSets(table)].map(
    ([name, words]) => `function ${setName(name)}
    printf '%s\\t%s\\n' \\
${words.map(({ name: word, help = '' }) => `        ${quoted(word)} ${quoted(help)}`).join(' \\\n')}
end`,
  )
}

function setName(name: string): string {
  return `__claude_gw_${name}`
}

function oneLine(texts: readonly string[]): string {
  return texts.map(quoted).join(' ')
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
