import { GatewayError } from '../../base/errors.ts'
import { trafficDirectory } from '../../config/paths.ts'
import type { Context } from '../context.ts'
import { exchangePage } from '../logs/exchange-page.ts'
import { findExchange } from '../logs/found-exchanges.ts'
import type { Side } from '../logs/sides.ts'
import { SIDES } from '../logs/sides.ts'
import { escapeJson, openPalette, print } from '../output.ts'

export interface LogsShowInput {
  readonly id: string
  readonly isJson?: boolean
  /** Prints this body alone. */
  readonly raw?: string
  /** Without the coding of the wire. */
  readonly isDecoded?: boolean
  /** Unfolds the conversation. */
  readonly isFull?: boolean
}

/**
 * `claude-gw logs show`: one exchange, by its id or the unique beginning or end of it.
 * @returns the exit code @throws GatewayError USAGE, RECORD_NOT_FOUND, LOG_UNREADABLE, BODY_NOT_KEPT, BODY_NO_TEXT
 */
export async function logsShow(context: Context, input: LogsShowInput): Promise<number> {
  const side = input.raw === undefined ? undefined : sideOf(input.raw)
  const { line, record } = findExchange(context, trafficDirectory(context.stateDirectory()), input.id)
  if (side) {
    const { printRawBody } = await import('../logs/raw-body.ts')
    await printRawBody(context, record, { side, isDecoded: input.isDecoded === true })
    return 0
  }
  const { stdout } = context
  if (input.isJson) {
    await print(stdout, `${stdout.isTTY ? escapeJson(line) : line}\n`)
    return 0
  }
  const palette = await openPalette(context, stdout)
  const { exchangeTalk } = await import('../logs/exchange-talk.ts')
  const talk = await exchangeTalk(context, record, { palette, isFull: input.isFull === true })
  await print(stdout, `${[exchangePage(record, palette), ...(talk ? [talk] : [])].join('\n\n')}\n`)
  return 0
}

function sideOf(name: string): Side {
  const side = SIDES.find((known) => known === name)
  if (side) return side
  throw new GatewayError('USAGE', { reason: `\`--raw ${name}\`: give \`request\` or \`response\`` })
}
