import { accessSync, constants, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { GatewayError, reasonOf } from '../base/errors.ts'
import type { Context } from './context.ts'
import { shortCount } from './quantity.ts'
import type { Session } from './session.ts'

/** Whether a person is at a terminal who did not ask for silence, or for output alone. */
export function isTalkative(
  { stdout, stderr, options }: Context,
  { isPrint }: { readonly isPrint: boolean },
): boolean {
  return stderr.isTTY === true && stdout.isTTY === true && !isPrint && !options.isQuiet
}

/** One line for a person, before the child takes the terminal. */
export function startLine(session: Session): string {
  const { upstream, config, gateway } = session
  return `claude-gw: ${upstream.name} through 127.0.0.1:${gateway.port} (profile ${config.values.profile}, key: ${keyName(session)})`
}

/** Where the key comes from, for people. */
export function keyName({ secrets: { credentials } }: Session): string {
  return credentials.kind === 'inject' ? credentials.reference : 'the login of Claude Code'
}

/** One line for a person, after the child gave the terminal back. */
export function endLine({ totals }: Session): string {
  const { requests, errors } = totals
  const prompt = totals.input_tokens + totals.cache_creation_input_tokens + totals.cache_read_input_tokens
  const cached = prompt > 0 ? `, ${Math.round((totals.cache_read_input_tokens / prompt) * 100)} % cached` : ''
  const failed = errors > 0 ? `, ${errors} failed` : ''
  const tokens = `${shortCount(prompt)} tokens in${cached}, ${shortCount(totals.output_tokens)} out`
  return `claude-gw: ${requests} request${requests === 1 ? '' : 's'}${failed}; ${tokens} (claude-gw logs)`
}

/** What `--summary FILE` gets: the totals of one run, stable for scripts. */
export interface RunSummary {
  readonly v: 1
  readonly run_id: string
  readonly profile: string
  readonly upstream: string
  readonly started_at: string
  readonly ended_at: string
  readonly exit_code: number
  readonly requests: number
  readonly errors: number
  readonly usage: Readonly<Record<string, number>>
  readonly unknown_usage: number
  readonly dropped_records: number
}

export function buildSummary(session: Session, startedAt: Date, exitCode: number): RunSummary {
  const { requests, errors, unknown_usage, ...usage } = session.totals
  return {
    v: 1,
    run_id: session.runId,
    profile: session.config.values.profile,
    upstream: session.upstream.name,
    started_at: startedAt.toISOString(),
    ended_at: new Date().toISOString(),
    exit_code: exitCode,
    requests,
    errors,
    usage,
    unknown_usage,
    dropped_records: session.droppedRecords(),
  }
}

/** Whether there will be a place for the summary, asked before the run. @throws GatewayError SUMMARY_UNWRITABLE */
export function checkSummaryPlace(path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK)
  } catch (error) {
    throw new GatewayError('SUMMARY_UNWRITABLE', { path, reason: reasonOf(error) }, error)
  }
}

/** @throws GatewayError SUMMARY_UNWRITABLE */
export function writeSummary(path: string, summary: RunSummary): void {
  try {
    writeFileSync(path, `${JSON.stringify(summary, undefined, 2)}\n`)
  } catch (error) {
    throw new GatewayError('SUMMARY_UNWRITABLE', { path, reason: reasonOf(error) }, error)
  }
}
