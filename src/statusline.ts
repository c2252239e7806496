import { homedir, hostname } from 'node:os'
import { parseArgs } from 'node:util'
import { earliestStart } from './claude/session-start.ts'
import { parseStatusInput } from './claude/status-input.ts'
import { isAlive } from './cli/policies/is-alive.ts'
import { statusText } from './cli/usage/status-text.ts'
import { PARSED_OPTIONS } from './config/global-options.ts'
import { ledgerDirectory, stateDirectory } from './config/paths.ts'
import { addToTotals, createTotals } from './exchange/totals.ts'
import { ledgerOfSession } from './log/session-lines.ts'
import { budgetLeft } from './policies/limits/budget.ts'
import { publishedAccounts } from './policies/limits/published-accounts.ts'

const HELP = `Usage: claude-gw statusline

Prints one line about the session, for Claude Code's status line, which gives it the session on stdin. In settings.json:

  "statusLine": { "type": "command", "command": "claude-gw statusline" }
`

const OPTIONS = { ...PARSED_OPTIONS, help: { type: 'boolean', short: 'h' } } as const

// Claude Code ends one that takes too long, and reads no more of it.
process.stdout.on('error', () => {})
process.exitCode = await statusline(process.argv.slice(2))

/** The small entry of `claude-gw statusline`: it runs at every step of a session, and what it prints is on the screen. */
async function statusline(argv: readonly string[]): Promise<number> {
  if (!isUnderstood(argv)) {
    process.stderr.write(
      'claude-gw: `statusline` takes the options of `claude-gw help` only. see `claude-gw help`\n',
    )
    return 2
  }
  const isAsked = argv.includes('--help') || argv.includes('-h') || process.stdin.isTTY
  process.stdout.write(isAsked ? HELP : `${lineFor(await readInput())}\n`)
  return 0
}

function isUnderstood(argv: readonly string[]): boolean {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true }).positionals.length === 1
  } catch {
    return false
  }
}

/** Never an error: nobody could do anything about it there. */
function lineFor(text: string): string {
  const input = parseStatusInput(text)
  if (!input) return 'claude-gw: no session'
  const { env, platform } = process
  const totals = createTotals()
  try {
    const directory = ledgerDirectory(stateDirectory(env, homedir(), platform))
    const sinceMs = earliestStart(input, Date.now())
    for (const line of ledgerOfSession(directory, input.sessionId, sinceMs)) addToTotals(totals, line)
    return [statusText(totals), leftOf(directory, input.sessionId)].filter(Boolean).join(' · ')
  } catch {
    return 'claude-gw: the ledger cannot be read'
  }
}

/** What is left of the limits of this run, as its gateway last told. */
function leftOf(ledger: string, session: string): string | undefined {
  const { env } = process
  const accounts = publishedAccounts(
    {
      ledgerDirectory: ledger,
      host: hostname(),
      isAlive,
      runId: env['CLAUDE_GW_RUN_ID'],
      subject: { session, profile: env['CLAUDE_GW_RUN_PROFILE'] ?? 'default' },
    },
    Date.now(),
  )
  return budgetLeft(accounts)
}

async function readInput(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk
  return text
}
