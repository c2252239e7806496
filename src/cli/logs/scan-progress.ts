import { statSync } from 'node:fs'
import type { Context } from '../context.ts'

/** What is shown of a scan that takes long. */
export interface ScanProgress {
  readonly advance: (bytes: number) => void
  /** More than was known of at first. */
  readonly expect: (paths: readonly string[]) => void
  /** All of a file is done. */
  readonly pass: (path: string) => void
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
  const nothing = () => undefined
  if (!stderr.isTTY || options.isQuiet)
    return { advance: nothing, expect: nothing, pass: nothing, end: nothing }
  let total = bytesOf(paths)
  let nextMs = Date.now() + patienceMs
  let done = 0
  let isShown = false
  const advance = (bytes: number) => {
    done += bytes
    const nowMs = Date.now()
    if (nowMs < nextMs) return
    nextMs = nowMs + stepMs
    isShown = true
    stderr.write(`${CLEAR_LINE}reading, ${Math.min(100, Math.floor((done / total) * 100))} %`)
  }
  return {
    advance,
    pass: (path) => advance(bytesOf([path])),
    expect: (more) => {
      total += bytesOf(more)
    },
    end: () => {
      if (isShown) stderr.write(CLEAR_LINE)
      isShown = false
    },
  }
}

function bytesOf(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0)
}
