import { GatewayError } from '../base/errors.ts'
import type { Entry } from '../log/search.ts'
import type { Context } from './context.ts'

/**
 * What `--grep` leaves of some exchanges: the newest `count` with the text in a kept body, oldest first.
 * @throws GatewayError USAGE where there is no text to look for
 */
export async function withTextInBodies(
  context: Context,
  entries: Iterable<Entry>,
  text: string,
  count: number | undefined,
): Promise<Entry[]> {
  if (text === '') throw new GatewayError('USAGE', { reason: '`--grep` needs a text to look for' })
  const { grepBodies } = await import('./body-grep.ts')
  return grepBodies(context, entries, text, count)
}
