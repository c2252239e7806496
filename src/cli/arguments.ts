import { parseArgs } from 'node:util'
import { GatewayError } from '../base/errors.ts'
import type { ConfigKey } from '../config/schema.ts'
import type { GlobalOptions } from './context.ts'

export interface OptionRow {
  readonly name: string
  /** What stands for its value in the help; undefined for a switch. */
  readonly value?: string
  /** The key of the configuration that it sets. */
  readonly key?: ConfigKey
  readonly help: string
}

/** Accepted before every command, and after every command but `run`. */
export const GLOBAL_OPTIONS: readonly OptionRow[] = [
  { name: 'profile', value: 'NAME', key: 'profile', help: 'name of the upstream; stands in every record' },
  { name: 'upstream', value: 'URL', key: 'upstream', help: 'API or gateway to send to' },
  { name: 'credential', value: 'REF', key: 'credential', help: 'auto, env:NAME or passthrough' },
  { name: 'log', value: 'LEVEL', key: 'log.level', help: 'meta (one record per exchange) or off' },
  { name: 'summary', value: 'FILE', help: "write the run's totals there as JSON" },
  { name: 'quiet', help: 'no start line and no summary' },
  { name: 'verbose', help: 'more detail in errors' },
  { name: 'no-color', help: 'no colours' },
]

/** The commands whose remaining arguments belong to another program. */
const LAUNCHING = ['run', 'run-program'] as const

export interface SplitArguments {
  readonly before: readonly string[]
  /** Undefined when the command is another one, or there is none. */
  readonly command: (typeof LAUNCHING)[number] | undefined
  readonly after: readonly string[]
}

/** Cuts the arguments at `run`, if that is the command: everything behind it is for `claude`, verbatim. */
export function splitArguments(argv: readonly string[]): SplitArguments {
  let index = 0
  while (argv[index]?.startsWith('-')) index += takesNext(argv[index] as string) ? 2 : 1
  const command = LAUNCHING.find((name) => name === argv[index])
  return { before: argv.slice(0, index), command, after: argv.slice(index + 1) }
}

function takesNext(argument: string): boolean {
  return GLOBAL_OPTIONS.some(({ name, value }) => value !== undefined && argument === `--${name}`)
}

/** The global options alone, for `run`, which does without the option parser of the other commands.
 * @throws GatewayError USAGE */
export function parseGlobalOptions(args: readonly string[]): GlobalOptions {
  const options = Object.fromEntries(
    GLOBAL_OPTIONS.map(({ name, value }) => [
      name,
      { type: value === undefined ? 'boolean' : 'string' } as const,
    ]),
  )
  try {
    return toGlobalOptions(parseArgs({ args: [...args], options, strict: true }).values)
  } catch (error) {
    throw new GatewayError('USAGE', { reason: (error as Error).message }, error)
  }
}

/** @param values by the options' names */
export function toGlobalOptions(values: Readonly<Record<string, unknown>>): GlobalOptions {
  const rows = GLOBAL_OPTIONS.filter(({ name, key }) => key !== undefined && typeof values[name] === 'string')
  const summaryFile = values['summary']
  return {
    flags: Object.fromEntries(rows.map(({ name, key }) => [key, values[name]])),
    ...(typeof summaryFile === 'string' && { summaryFile }),
    isQuiet: values['quiet'] === true,
    isVerbose: values['verbose'] === true,
    canColor: values['no-color'] !== true && values['color'] !== false,
  }
}
