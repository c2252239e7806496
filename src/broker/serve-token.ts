import { isGateway } from './probe.ts'
import { listEntries } from './registry.ts'

/**
 * The token of the running `serve` that one of some base URLs leads to; undefined if none does. Its port could be
 * another program's by now, so it has to show that it is the gateway.
 * @param baseUrls asked for only where there is a `serve` at all
 */
export async function serveToken(
  state: string,
  baseUrls: () => Promise<readonly string[]>,
): Promise<string | undefined> {
  const entries = listEntries(state)
  if (entries.length === 0) return undefined
  const urls = (await baseUrls()).map((url) => url.replace(/\/+$/, ''))
  const entry = entries.find(({ url }) => urls.includes(url))
  if (entry?.access.kind !== 'token' || !(await isGateway(entry.url, entry.access))) return undefined
  return entry.access.token
}
