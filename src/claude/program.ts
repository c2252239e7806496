import { accessSync, constants, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'

export interface ProgramArguments {
  /** The program that stands first; undefined if there is none, and Claude Code is to be found. */
  readonly program?: string
  /** What comes before the arguments of Claude Code: its script, with the options of what runs that. */
  readonly prefix: readonly string[]
  /** For Claude Code. */
  readonly rest: readonly string[]
}

/**
 * Takes apart what a process wrapper or the Agent SDK starts: `claude …`, `node cli.js …`, or only the arguments
 * (https://code.claude.com/docs/en/env-vars, CLAUDE_CODE_PROCESS_WRAPPER).
 */
export function splitProgram(args: readonly string[], cwd: string): ProgramArguments {
  const [program, ...following] = args
  if (program === undefined || !isExecutablePath(program, cwd)) return { prefix: [], rest: args }
  const scriptIndex = isInterpreter(program) ? following.findIndex((text) => !text.startsWith('-')) : 0
  const script = following[scriptIndex]
  const end = script !== undefined && isScript(script, cwd) ? scriptIndex + 1 : 0
  return { program, prefix: following.slice(0, end), rest: following.slice(end) }
}

/** A bare name is a word for Claude Code, even if a file is called like that. */
function isExecutablePath(text: string, cwd: string): boolean {
  if (!/[/\\]/.test(text)) return false
  const path = resolve(cwd, text)
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Others, such as an editor that can run scripts too, have the script directly behind them. */
function isInterpreter(program: string): boolean {
  return /^(node|nodejs|bun)(\.exe)?$/i.test(basename(program))
}

function isScript(text: string, cwd: string): boolean {
  if (!/\.[cm]?js$/.test(text)) return false
  return statSync(resolve(cwd, text), { throwIfNoEntry: false })?.isFile() ?? false
}
