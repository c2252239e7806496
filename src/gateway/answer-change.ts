import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../base/errors.ts'
import type { AnswerTransform } from '../policies/answer-transform.ts'
import { isReadableType } from '../usage/answer.ts'
import { isKnownCoding } from '../usage/coding.ts'
import type { Change } from './relay.ts'

/**
 * What an answer goes through on its way to the client; errors pass as they are.
 * @throws GatewayError ANSWER_COMPRESSED: let through, it would have placeholders in commands and files
 */
export function answerChange(
  { statusCode = 0, headers }: IncomingMessage,
  transform: AnswerTransform | undefined,
): Change | undefined {
  if (!transform || statusCode >= 400 || !isReadableType(headers['content-type'])) return undefined
  const coding = headers['content-encoding'] ?? 'identity'
  if (coding.toLowerCase() === 'identity') return { transform }
  if (isKnownCoding(coding)) return { transform, coding }
  if (transform.passUnread?.()) return undefined
  throw new GatewayError('ANSWER_COMPRESSED', { coding })
}
