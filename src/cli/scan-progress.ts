import type { Context } from './context.ts'

const FIRST_AFTER_MS = 500
const EVERY_MS = 200
const ERASE = '\r\x1b[K'

/** How far a scan is, shown to a person who waits for it. */
export interface ScanProgress {
  /** Some more bytes have been read. */
  read(bytes: number): void
  /** Leaves the line empty, for what is printed next. */
  erase(): void
}

/** On an interactive stderr only, and not before a scan takes long. @param totalBytes how much there is to read */
export function openProgress(
  { stderr, options }: Pick<Context, 'stderr' | 'options'>,
  totalBytes: number,
  { firstAfterMs = FIRST_AFTER_MS, everyMs = EVERY_MS } = {},
): ScanProgress {
  if (!stderr.isTTY || options.isQuiet) return { read: () => undefined, erase: () => undefined }
  let readBytes = 0
  let isShown = false
  let nextAtMs = performance.now() + firstAfterMs
  return {
    read: (bytes) => {
      readBytes += bytes
      if (performance.now() < nextAtMs) return
      nextAtMs = performance.now() + everyMs
      isShown = true
      const share = totalBytes > 0 ? Math.min(1, readBytes / totalBytes) : 1
      stderr.write(`${ERASE}reading the log: ${Math.floor(share * 100)} %`)
    },
    erase: () => {
      if (isShown) stderr.write(ERASE)
      isShown = false
    },
  }
}
