import { usageCacheDirectory } from '../../config/paths.ts'
import { repriced } from '../../log/repriced.ts'
import { sweepUsageCache } from '../../log/usage-scan.ts'
import type { PriceLine } from '../../usage/usage-line.ts'
import type { Context } from '../context.ts'
import { openPalette, print } from '../output.ts'
import { openPrices } from '../session/prices.ts'
import { longestStretchMs } from '../usage/local-time.ts'
import { axisOf } from '../usage/usage-axes.ts'
import { usageCsv } from '../usage/usage-csv.ts'
import type { UsageFacts } from '../usage/usage-json.ts'
import { usageJson } from '../usage/usage-json.ts'
import { tellUsageNotes } from '../usage/usage-notes.ts'
import type { UsageInput, UsageQuestion } from '../usage/usage-question.ts'
import { parseUsageQuestion } from '../usage/usage-question.ts'
import { readUsage } from '../usage/usage-reading.ts'
import type { UsageAnswer } from '../usage/usage-rows.ts'
import { answerOf } from '../usage/usage-rows.ts'
import { usageTable } from '../usage/usage-table.ts'

export interface UsageOptions extends UsageInput {
  /** Costs by the prices of today, in place of those in the lines. */
  readonly isRepriced: boolean
}

/**
 * `claude-gw usage`: what the exchanges add up to, by one or two of their properties.
 * @returns the exit code @throws GatewayError USAGE, LOG_UNREADABLE, CONFIG_* where a price file does not do
 */
export async function usage(context: Context, options: UsageOptions): Promise<number> {
  const now = new Date()
  const question = parseUsageQuestion(options, now)
  const cacheDirectory = usageCacheDirectory(context.stateDirectory())
  const reading = readUsage(context, question, question.by.map(axisOf), {
    nowMs: now.getTime(),
    stretchMs: longestStretchMs(now),
    cacheDirectory,
    priceLine: options.isRepriced ? await todaysPrices(context) : undefined,
  })
  sweepUsageCache(cacheDirectory, reading.paths, now.getTime())
  const answer = answerOf(reading.groups, question)
  const { source, range } = question
  const facts = { source, range, isRepriced: options.isRepriced, skippedLines: reading.skippedLines }
  await print(context.stdout, await textOf(context, question, answer, facts))
  tellUsageNotes(context, answer, {
    ...facts,
    directory: reading.directory,
    newerLines: reading.newerLines,
    isEmpty: reading.paths.length === 0,
  })
  return 0
}

async function todaysPrices(context: Context): Promise<PriceLine> {
  const table = await openPrices(context, context.config())
  return (line) => {
    const price = repriced(JSON.parse(line), table)
    return price && ('reason' in price ? null : price.costUsd)
  }
}

async function textOf(
  context: Context,
  { form }: UsageQuestion,
  answer: UsageAnswer,
  facts: UsageFacts,
): Promise<string> {
  const { stdout } = context
  if (form === 'csv') return usageCsv(answer)
  if (form === 'json') return usageJson(answer, facts)
  if (answer.rows.length === 0) return ''
  const width = stdout.isTTY ? stdout.columns || 80 : undefined
  return usageTable(answer, { palette: await openPalette(context, stdout), width })
}
