import { trafficDirectory } from '../../config/paths.ts'
import type { Context } from '../context.ts'
import { exchangePage } from '../exchange-page.ts'
import { findExchange } from '../found-exchanges.ts'
import { escapeJson, openPalette, print } from '../output.ts'

export interface LogsShowInput {
  readonly id: string
  readonly isJson?: boolean
}

/**
 * `claude-gw logs show`: one exchange, by its id or the unique beginning or end of it.
 * @returns the exit code @throws GatewayError USAGE, RECORD_NOT_FOUND, LOG_UNREADABLE
 */
export async function logsShow(context: Context, { id, isJson }: LogsShowInput): Promise<number> {
  const { line, record } = findExchange(context, trafficDirectory(context.stateDirectory()), id)
  const { stdout } = context
  const json = stdout.isTTY ? escapeJson(line) : line
  await print(stdout, `${isJson ? json : exchangePage(record, await openPalette(context, stdout))}\n`)
  return 0
}
