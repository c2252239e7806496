import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePrivateDirectory, replacePrivateFile } from '../base/private-file.ts'
import type { Upstream } from '../network/url.ts'
import { upstreamsDirectory } from './paths.ts'

/** What of Claude Code is known to work through an upstream, or not to; absent where nobody has looked. */
export interface UpstreamFeatures {
  readonly toolSearch?: boolean
  readonly fineGrainedStreaming?: boolean
}

/** The API itself has all of it; of others it is known what `doctor` has seen. */
export function knownFeatures(
  state: string,
  { name, isAnthropic }: Pick<Upstream, 'name' | 'isAnthropic'>,
): UpstreamFeatures {
  return isAnthropic ? { toolSearch: true, fineGrainedStreaming: true } : seenFeatures(state, name)
}

/**
 * Keeps what was seen of an upstream, in a file of the user's alone. What was not looked at this time stays as it was.
 * @param upstream its name
 * @throws the system error where it cannot be written
 */
export function rememberFeatures(state: string, upstream: string, seen: UpstreamFeatures): void {
  ensurePrivateDirectory(upstreamsDirectory(state))
  const known = { ...seenFeatures(state, upstream), ...seen }
  replacePrivateFile(pathOf(state, upstream), `${JSON.stringify({ upstream, ...known })}\n`)
}

/** A file that cannot be read is as good as none. */
function seenFeatures(state: string, upstream: string): UpstreamFeatures {
  try {
    const { toolSearch, fineGrainedStreaming } = JSON.parse(readFileSync(pathOf(state, upstream), 'utf8'))
    return {
      ...(typeof toolSearch === 'boolean' && { toolSearch }),
      ...(typeof fineGrainedStreaming === 'boolean' && { fineGrainedStreaming }),
    }
  } catch {
    return {}
  }
}

/** One file each, so that nobody waits for another. */
function pathOf(state: string, upstream: string): string {
  const mark = createHash('sha256').update(upstream).digest('hex').slice(0, 16)
  return join(upstreamsDirectory(state), `${mark}.json`)
}
