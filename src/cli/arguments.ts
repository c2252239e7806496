import { parseArgs } from 'node:util'
import { GatewayError } from '../base/errors.ts'
import { commandIndex, PARSED_OPTIONS, toFlags } from '../config/global-options.ts'
import type { GlobalOptions } from './context.ts'

/** The commands whose remaining arguments belong to another program. */
export const LAUNCHING = ['run', 'run-program'] as const

export interface SplitArguments {
  readonly before: readonly string[]
  /** Undefined when the command is another one, or there is none. */
  readonly command: (typeof LAUNCHING)[number] | undefined
  readonly after: readonly string[]
}

/** Cuts the arguments at `run`, if that is the command: everything behind it is for `claude`, verbatim. */
export function splitArguments(argv: readonly string[]): SplitArguments {
  const index = commandIndex(argv)
  const command = LAUNCHING.find((name) => name === argv[index])
  return { before: argv.slice(0, index), command, after: argv.slice(index + 1) }
}

/** The global options alone, for `run`, which does without the option parser of the other commands.
 * @throws GatewayError USAGE */
export function parseGlobalOptions(args: readonly string[]): GlobalOptions {
  try {
    return toGlobalOptions(parseArgs({ args: [...args], options: PARSED_OPTIONS, strict: true }).values)
  } catch (error) {
    throw new GatewayError('USAGE', { reason: (error as Error).message }, error)
  }
}

/** @param values by the options' names */
export function toGlobalOptions(values: Readonly<Record<string, unknown>>): GlobalOptions {
  const summaryFile = values['summary']
  return {
    flags: toFlags(values),
    ...(typeof summaryFile === 'string' && { summaryFile }),
    isQuiet: values['quiet'] === true,
    isVerbose: values['verbose'] === true,
    canColor: values['no-color'] !== true && values['color'] !== false,
  }
}
