import { accessSync, constants, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { GatewayError, reasonOf } from '../../base/errors.ts'
import { knownCost, tokenCounts } from '../../exchange/totals.ts'
import type { Context } from '../context.ts'
import type { Session } from '../session/session.ts'
import { cachedText, costText, promptTokens } from '../text/cost-text.ts'
import { shortCount } from '../text/quantity.ts'

/** Whether a person is at a terminal who did not ask for silence, or for output alone. */
export function isTalkative(
  { stdout, stderr, options }: Context,
  { isPrint }: { readonly isPrint: boolean },
): boolean {
  return stderr.isTTY === true && stdout.isTTY === true && !isPrint && !options.isQuiet
}

/** For a person, before the child takes the terminal. */
export function startText(session: Session): string {
  const warnings = session.limitWarnings().map((warning) => `claude-gw: ${warning}\n`)
  return `${startLine(session)}\n${warnings.join('')}`
}

function startLine(session: Session): string {
  const { upstream, config, gateway } = session
  return `claude-gw: ${upstream.name} through 127.0.0.1:${gateway.port} (profile ${config.values.profile}, key: ${keyName(session)})`
}

/** Where the key comes from, for people. */
export function keyName({ secrets: { credentials } }: Session): string {
  return credentials.kind === 'inject' ? credentials.reference : 'the login of Claude Code'
}

/** One line for a person, after the child gave the terminal back. */
export function endLine({ totals }: Session): string {
  const { requests, errors, output_tokens } = totals
  const count = `${requests} request${requests === 1 ? '' : 's'}${errors > 0 ? `, ${errors} failed` : ''}`
  const prompt = `${shortCount(promptTokens(totals))} tokens in`
  const tokens = [prompt, cachedText(totals), `${shortCount(output_tokens)} out`].filter(Boolean).join(', ')
  const parts = [count, tokens, costText(totals)].filter(Boolean)
  return `claude-gw: ${parts.join('; ')} (claude-gw logs)`
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
  /** Of the exchanges whose cost is known; null where there are only others. */
  readonly cost_usd: number | null
  readonly unknown_costs: number
  readonly dropped_records: number
}

export function buildSummary(session: Session, startedAt: Date, exitCode: number): RunSummary {
  const { requests, errors, unknown_usage, unknown_costs } = session.totals
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
    usage: tokenCounts(session.totals),
    unknown_usage,
    cost_usd: knownCost(session.totals),
    unknown_costs,
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
