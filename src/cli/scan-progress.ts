import { statSync } from 'node:fs'
import type { Context } from './context.ts'

/** What is shown of a scan that takes long. */
export interface ScanProgress {
  readonly advance: (bytes: number) => void
  /** Takes it away again, for what is printed next. */
  readonly end: () => void
}

const PATIENCE_MS = 500
const STEP_MS = 100
const CLEAR_LINE = '\r\x1b[K'

/** Tells a person at a terminal, after half a second, how much of some files is read. */
export function openScanProgress(
  { stderr, options }: Pick<Context, 'stderr' | 'options'>,
  paths: readonly string[],
  { patienceMs = PATIENCE_MS, stepMs = STEP_MS } = {},
): ScanProgress {
  if (!stderr.isTTY || options.isQuiet) return { advance: () => undefined, end: () => undefined }
  const total = paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0)
  let nextMs = Date.now() + patienceMs
  let done = 0
  let isShown = false
  return {
    advance: (bytes) => {
      done += bytes
      const nowMs = Date.now()
      if (nowMs < nextMs) return
      nextMs = nowMs + stepMs
      isShown = true
      stderr.write(`${CLEAR_LINE}reading, ${Math.min(100, Math.floor((done / total) * 100))} %`)
    },
    end: () => {
      if (isShown) stderr.write(CLEAR_LINE)
      isShown = false
    },
  }
}
