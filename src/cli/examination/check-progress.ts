import type { Context } from '../context.ts'

/** What is shown of a check while it runs. */
export interface CheckProgress {
  readonly begin: (title: string) => void
  /** Takes it away again, for what is printed next. */
  readonly end: () => void
}

const PATIENCE_MS = 300
const CLEAR_LINE = '\r\x1b[K'

/** Tells a person at a terminal which check is waited for, where one takes long. */
export function openCheckProgress({ stderr, options }: Pick<Context, 'stderr' | 'options'>): CheckProgress {
  if (!stderr.isTTY || options.isQuiet) return { begin: () => undefined, end: () => undefined }
  let timer: NodeJS.Timeout | undefined
  let isShown = false
  const show = (title: string) => {
    isShown = true
    stderr.write(`${CLEAR_LINE}… whether ${title}`)
  }
  return {
    begin: (title) => {
      timer = setTimeout(() => show(title), PATIENCE_MS)
    },
    end: () => {
      clearTimeout(timer)
      if (isShown) stderr.write(CLEAR_LINE)
      isShown = false
    },
  }
}
