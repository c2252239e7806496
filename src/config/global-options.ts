import type { ConfigKey } from './schema.ts'

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
  {
    name: 'credential',
    value: 'REF',
    key: 'credential',
    help: 'auto, passthrough, or a reference such as keychain:NAME',
  },
  {
    name: 'log',
    value: 'LEVEL',
    key: 'log.level',
    help: 'off, meta, errors or full: how much is kept of each exchange',
  },
  { name: 'summary', value: 'FILE', help: "write the run's totals there as JSON" },
  { name: 'quiet', help: 'no start line and no summary' },
  { name: 'verbose', help: 'more detail in errors' },
  { name: 'no-color', help: 'no colours' },
]

/** The text of each key that an option was given for. */
export type Flags = Readonly<Partial<Record<ConfigKey, string>>>

/** The option that sets a key, without its dashes. */
export function optionName(key: ConfigKey): string | undefined {
  return GLOBAL_OPTIONS.find((row) => row.key === key)?.name
}

/** The same for `parseArgs` of Node.js. */
export const PARSED_OPTIONS = Object.fromEntries(
  GLOBAL_OPTIONS.map(({ name, value }) => [
    name,
    { type: value === undefined ? 'boolean' : 'string' } as const,
  ]),
)

/** Where the command stands: behind the global options. The length of `argv` if there is none. */
export function commandIndex(argv: readonly string[]): number {
  let index = 0
  while (argv[index]?.startsWith('-')) index += takesNext(argv[index] as string) ? 2 : 1
  return Math.min(index, argv.length)
}

function takesNext(argument: string): boolean {
  return GLOBAL_OPTIONS.some(({ name, value }) => value !== undefined && argument === `--${name}`)
}

/** What the global options say about the configuration. @param values by the options' names */
export function toFlags(values: Readonly<Record<string, unknown>>): Flags {
  const rows = GLOBAL_OPTIONS.filter(({ name, key }) => key !== undefined && typeof values[name] === 'string')
  return Object.fromEntries(rows.map(({ name, key }) => [key, values[name]]))
}
