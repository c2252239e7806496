import type { FileSettings } from './file-settings.ts'

/** What configuration files say. */
export interface ConfigFiles {
  readonly machine?: FileSettings
  readonly user?: FileSettings
  readonly project?: FileSettings
  /** For people: which of them do not count, and why. */
  readonly notes: readonly string[]
}

/** Where to look; a `Context` is one. */
export interface ConfigSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home: string
  readonly platform: NodeJS.Platform
}
