import type { ExchangeRecord } from '../../exchange/exchange.ts'
import type { FoundBody } from '../../log/body-reader.ts'
import { isReadableType } from '../../usage/answer.ts'
import type { Context } from '../context.ts'
import { decodeBody, findBody } from '../logs/kept-body.ts'

/**
 * The answer of a logged exchange as policies see it: whole and decoded, or why it is not there; undefined where a gateway
 * lets it pass unseen, as it does with errors.
 */
export async function readTestAnswer(
  context: Context,
  record: ExchangeRecord,
): Promise<FoundBody | undefined> {
  const { status = 0, response_headers } = record
  if (status >= 400 || !isReadableType(response_headers?.['content-type'])) return undefined
  const kept = await findBody(context, record, 'response')
  return 'bytes' in kept ? decodeBody(record, 'response', kept.bytes) : kept
}
