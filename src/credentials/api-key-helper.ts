import type { CredentialStore } from './credential.ts'
import type { HelperOptions } from './helper-store.ts'
import { helperStore } from './helper-store.ts'

/** The `apiKeyHelper` of Claude Code's settings. */
export interface ApiKeyHelper {
  readonly command: string
  /** The settings file. */
  readonly origin: string
}

/**
 * What Claude Code's own helper prints; Claude Code sends it as bearer and as `x-api-key` (measured). It starts in the
 * folder that Claude Code would start it in, which its line may count on.
 */
export function apiKeyHelperStore(
  { command, origin }: ApiKeyHelper,
  options: HelperOptions,
): CredentialStore {
  const helper = {
    reference: `apiKeyHelper (${origin})`,
    source: 'apiKeyHelper',
    style: 'both',
    command: { kind: 'shell', line: command },
    isInOurFolder: true,
  } as const
  return helperStore(helper, options)
}
