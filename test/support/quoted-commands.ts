import type { Command, Option } from 'commander'
import { parseSettingName } from '../../src/config/setting-name.ts'
import { parseSettingValue } from '../../src/config/setting-value.ts'

/** The command lines of `claude-gw` that a text in Markdown shows: in blocks of code, and between backticks. */
export function quotedCommands(markdown: string): readonly string[] {
  const blocks = [...markdown.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map(([, code = '']) =>
    code.replaceAll('\\\n', ''),
  )
  const prose = markdown.replace(/^```[\s\S]*?^```$/gm, '')
  const spans = [...prose.matchAll(/`([^`]*)`/g)].map(([, code = '']) => code.replace(/\s+/g, ' '))
  return [...blocks, ...spans].flatMap((code) =>
    [...code.matchAll(/(?:^(?:\$ )?|\$\(|": ")claude-gw ([^\n]*)/gm)].map(([, line = '']) => line),
  )
}

/** Why the program would not take such a line; undefined if it would. What is in capitals stands for anything. */
export function faultOf(program: Command, line: string): string | undefined {
  const words = wordsOf(line)
  const seen: Command[] = [program]
  const places: string[] = []
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as string
    const command = seen.at(-1) as Command
    if (command.name() === 'run') return undefined
    if (word.startsWith('-')) {
      const option = findOption(seen, word)
      if (!option) return `\`${command.name()}\` has no option ${word}`
      if (option.required && !word.includes('=')) {
        index += 1
        const fault = choiceFault(option, words[index])
        if (fault) return fault
      }
      continue
    }
    const inner = command.commands.find((candidate) => candidate.name() === word)
    if (inner) seen.push(inner)
    else if (command.registeredArguments.length === 0) return `\`${command.name()}\` takes no ${word}`
    else places.push(word)
  }
  return settingFault(seen, places)
}

/** Where the shell, a comment or a column of explanations goes on. */
const END = /^(?:\s{2,}|[|<>#;].*|&&|….*)$/

/** Without the brackets around what may be left out. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = []
  const own = line
    .replace(/\\?\|(?=-)/g, ' ')
    .replaceAll('\\|', '|')
    .replace(/\[(-[^\]]*)\]/g, '$1')
  for (const [plain, quoted] of own.matchAll(/'([^']*)'|\s{2,}|\S+/g)) {
    if (quoted !== undefined) words.push(quoted)
    else if (END.test(plain)) break
    else {
      const [word = ''] = plain.split(/[)"]/)
      words.push(...(word ? [word] : []))
      if (word !== plain) break
    }
  }
  return words
}

function findOption(commands: readonly Command[], word: string): Option | undefined {
  const flag = word.split('=')[0]
  return commands
    .flatMap((command) => command.createHelp().visibleOptions(command))
    .find(({ short, long }) => flag === short || flag === long)
}

function choiceFault({ argChoices, long }: Option, value: string | undefined): string | undefined {
  if (value === undefined) return `${long} wants a value`
  if (!argChoices || isPlaceholder(value)) return undefined
  const wrong = value.split('|').find((choice) => !argChoices.includes(choice))
  return wrong === undefined ? undefined : `${long} does not take ${wrong}`
}

/** Whether a key exists, and takes the value that is shown for it. */
function settingFault(commands: readonly Command[], [key, value]: readonly string[]): string | undefined {
  const [, group, name] = commands.map((command) => command.name())
  const isSetting = group === 'config' && ['get', 'set', 'unset'].includes(name ?? '')
  if (!isSetting || key === undefined || isPlaceholder(key) || /^profiles\.[^.]+$/.test(key)) return undefined
  try {
    const setting = parseSettingName(key)
    if (value !== undefined && !isPlaceholder(value)) parseSettingValue(setting, value)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function isPlaceholder(word: string): boolean {
  return /^[A-Z_]+$/.test(word) || /[…{]$/.test(word)
}
