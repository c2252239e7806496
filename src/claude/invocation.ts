/** `session` may talk to the API itself, `background` has another process do it, `tool` certainly does not do it at all. */
export type InvocationKind = 'session' | 'background' | 'tool'

export interface InvocationFacts {
  readonly args: readonly string[]
  /** Names of the options in them. */
  readonly names: ReadonlySet<string>
  /** The subcommand, or the first word of the prompt. */
  readonly operand?: string | undefined
}

const BACKGROUND_OPTIONS = ['--bg', '--background', '--routine']
const INFORMATION_OPTIONS = ['-h', '--help', '-v', '--version']
/** Subcommands only where they stand first; anywhere else they are a prompt. */
const JOB_COMMANDS = ['attach', 'kill', 'logs', 'rm', 'stop']
/** Subcommands of 2.1.197 and of 2.1.329; one that only the newer has is a prompt for the older. */
const TOOL_COMMANDS = [
  ...[
    'auth',
    'auto-mode',
    'doctor',
    'gateway',
    'install',
    'mcp',
    'plugin',
    'plugins',
    'project',
    'setup-token',
  ],
  ...['ultrareview', 'update', 'upgrade'],
]
/** What makes one of them ask a model: `mcp serve` offers every tool, of which WebFetch does. */
const INFERRING: Readonly<Record<string, string>> = {
  'auto-mode': 'critique',
  mcp: 'serve',
  plugin: 'eval',
  plugins: 'eval',
}

/** What an invocation of `claude` does (measured with 2.1.197 and 2.1.329). In doubt it is a session. */
export function invocationKind(facts: InvocationFacts): InvocationKind {
  if (isInformation(facts)) return 'tool'
  if (findBackground(facts) !== undefined) return 'background'
  return isTool(facts) ? 'tool' : 'session'
}

/** The argument that makes it a background session; `agents --json` only lists. */
export function findBackground(facts: InvocationFacts): string | undefined {
  if (isInformation(facts)) return undefined
  const { args, names, operand } = facts
  const option = BACKGROUND_OPTIONS.find((name) => names.has(name))
  if (option !== undefined) return option
  if (args[0] === 'respawn') return 'respawn'
  return operand === 'agents' && !isPrint(facts) && !names.has('--json') ? 'agents' : undefined
}

/** `-p`: one prompt, nothing interactive. */
export function isPrint({ names }: Pick<InvocationFacts, 'names'>): boolean {
  return names.has('-p') || names.has('--print')
}

/** With `-p` there are no subcommands; 2.1.197 takes even one behind `--` for it. */
function isTool(facts: InvocationFacts): boolean {
  const { args, operand = '' } = facts
  if (JOB_COMMANDS.includes(args[0] ?? '')) return true
  if (isPrint(facts) || args.includes('-p') || args.includes('--print')) return false
  if (operand === 'agents') return true
  return TOOL_COMMANDS.includes(operand) && !args.includes(INFERRING[operand] ?? '')
}

function isInformation({ names }: InvocationFacts): boolean {
  return INFORMATION_OPTIONS.some((name) => names.has(name))
}
