import { oneLine, plainText } from '../exchange/one-line.ts'
import type { HelperCommand } from './helper-process.ts'
import type { Machine } from './machine.ts'

/** What a helper was given and printed. */
export interface Failure {
  readonly command: HelperCommand
  readonly env: Machine['env']
  readonly stdout: string
  readonly stderr: string
}

/** Shorter words of an output are hardly secrets. */
const SHORTEST_WORD = 6
const SHORTEST_VALUE = 8
const SECRET_NAME = /KEY|TOKEN|SECRET|PASS|AUTH/i

/** What a helper said last on stderr, as one line without secrets; empty if it said nothing. */
export function complaint(failure: Failure): string {
  const lines = plainText(failure.stderr)
    .split('\n')
    .map((line) => line.trim())
  const last = lines.findLast(isMeaningful)
  return last === undefined ? '' : oneLine(last, secretsOf(failure))
}

/** Node.js prints a stack and its version behind the message of an error. */
function isMeaningful(line: string): boolean {
  return /[\p{L}\p{N}]/u.test(line) && !/^(at |Node\.js v\d)/.test(line)
}

function secretsOf({ command, env, stdout }: Failure): readonly string[] {
  return [
    ...pieces(plainText(stdout), SHORTEST_WORD),
    ...(command.kind === 'shell' ? argumentsOf(command.line) : []),
    ...Object.entries(env).flatMap(([name, value]) =>
      value && SECRET_NAME.test(name) ? pieces(value, SHORTEST_VALUE) : [],
    ),
  ]
}

/** A text, its lines and its words, with and without what stands around a word in JSON or a shell. */
function pieces(text: string, shortest: number): readonly string[] {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim())
  const all = [text.trim(), ...lines, ...text.split(/\s+/), ...text.split(/[\s"'`,;:=(){}[\]<>]+/)]
  return [...new Set(all)].filter((piece) => piece.length >= shortest)
}

/** All but the name of the program, names of options, and paths: those say what is wrong. */
function argumentsOf(line: string): readonly string[] {
  const [, ...words] = line.trim().split(/[\s'"`=]+/)
  return words.filter((word) => word.length >= SHORTEST_WORD && !/^([~.]{0,2}\/|--[a-z-]+$)/.test(word))
}
