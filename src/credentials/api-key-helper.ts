import type { CredentialStore } from './credential.ts'
import type { HelperOptions } from './helper-store.ts'
import { helperStore } from './helper-store.ts'

/** The `apiKeyHelper` of Claude Code's settings. */
export interface ApiKeyHelper {
  readonly command: string
  /** The settings file. */
  readonly origin: string
}

/** What Claude Code's own helper prints; Claude Code sends it as bearer and as `x-api-key` (measured). */
export function apiKeyHelperStore(
  { command, origin }: ApiKeyHelper,
  options: HelperOptions,
): CredentialStore {
  return helperStore(
    {
      reference: `apiKeyHelper (${origin})`,
      source: 'apiKeyHelper',
      style: 'both',
      command: { kind: 'shell', line: command },
      remedy: `run the \`apiKeyHelper\` of ${origin} yourself in a shell to see why`,
    },
    options,
  )
}
