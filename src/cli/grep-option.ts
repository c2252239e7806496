import { GatewayError } from '../base/errors.ts'
import type { Condition } from '../log/condition.ts'
import { fieldTest } from '../log/condition.ts'
import type { Query } from '../log/query.ts'
import type { Entry } from '../log/search.ts'
import type { Context } from './context.ts'
import type { Finding } from './found-exchanges.ts'

/** A query for `--grep`, which leaves out at once what has no body. */
export function withBodies(query: Query): Query {
  const of = ['request_body.file', 'response_body.file'].map((path) => fieldTest(path, 'there', ''))
  const isKept: Condition = { kind: 'or', of }
  return { ...query, where: query.where ? { kind: 'and', of: [isKept, query.where] } : isKept }
}

/**
 * What `--grep` leaves of what is found: the newest `count` with the text in a kept body, oldest first, in parts.
 * @throws GatewayError USAGE where there is no text to look for
 */
export async function withTextInBodies(
  context: Context,
  finding: Finding,
  text: string,
  count: number | undefined,
): Promise<AsyncIterable<Iterable<Entry>>> {
  if (text === '') throw new GatewayError('USAGE', { reason: '`--grep` needs a text to look for' })
  const { grepBodies } = await import('./body-grep.ts')
  return grepBodies(context, finding, text, count)
}
