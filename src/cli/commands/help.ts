import type { Command } from 'commander'
import { GatewayError } from '../../base/errors.ts'
import { nearest } from '../../base/nearest.ts'
import type { Context } from '../context.ts'
import { renderPage } from '../help/page.ts'
import { readTopic } from '../help/topic-page.ts'
import type { TopicName } from '../help/topics.ts'
import { TOPICS } from '../help/topics.ts'
import { openPalette, print } from '../output.ts'

export interface HelpInput {
  /** A topic, or a command with those below it. */
  readonly words: readonly string[]
  /** The table of all commands. */
  readonly program: Command
}

/** `claude-gw help`: the commands, one command, or the page of a topic. @throws GatewayError HELP_UNKNOWN */
export async function help(context: Context, { words, program }: HelpInput): Promise<number> {
  const topic = TOPICS.find(({ name }) => words.length === 1 && name === words[0])
  if (topic) await showTopic(context, topic.name)
  else findCommand(program, words).outputHelp()
  return 0
}

async function showTopic(context: Context, name: TopicName): Promise<void> {
  const { stdout } = context
  await print(stdout, renderPage(readTopic(name), await openPalette(context, stdout)))
}

function findCommand(program: Command, words: readonly string[]): Command {
  return words.reduce((command, word, index) => {
    const inner = command.commands.find((candidate) => candidate.name() === word)
    return inner ?? refuse(command, words.slice(0, index + 1))
  }, program)
}

function refuse(command: Command, words: readonly string[]): never {
  const isFirst = words.length === 1
  const names = command.commands.map((candidate) => candidate.name())
  const guess = nearest(words.at(-1) ?? '', isFirst ? [...names, ...TOPICS.map(({ name }) => name)] : names)
  const whole = [...words.slice(0, -1), guess].join(' ')
  throw new GatewayError('HELP_UNKNOWN', {
    kind: isFirst ? 'command or topic' : 'command',
    words: words.join(' '),
    nearest: guess === undefined ? '' : `; did you mean \`claude-gw help ${whole}\`?`,
  })
}
