import { GatewayError } from '../../base/errors.ts'
import { profileCommand } from '../../base/profile-command.ts'
import type { Condition } from '../../log/condition.ts'
import { fieldTest } from '../../log/condition.ts'
import type { Query } from '../../log/query.ts'
import type { Entry } from '../../log/search.ts'
import type { Context } from '../context.ts'
import type { Finding } from './found-exchanges.ts'
import { hasExchange } from './found-exchanges.ts'

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

/**
 * Says on stderr, where nothing was found, that of what matches but for the text no body is kept.
 * @param query the one without `withBodies` @throws GatewayError LOG_UNREADABLE
 */
export function tellBodiless({ options, stderr }: Context, directory: string, query: Query): void {
  if (options.isQuiet || !hasExchange(directory, query) || hasExchange(directory, withBodies(query))) return
  const command = profileCommand(options.flags.profile ?? 'default')
  stderr.write(
    `There are exchanges, but none of their bodies is kept, which \`--grep\` looks into: \`${command} config set log.level full\` keeps those to come\n`,
  )
}
