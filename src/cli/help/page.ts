import type { Palette } from '../output.ts'

/**
 * A page in Markdown as text for a terminal: headings bold, blocks of code indented, all else as it is written. Its lines
 * are no longer than 80 characters, so nothing is broken here.
 */
export function renderPage(markdown: string, { bold }: Palette): string {
  let isCode = false
  const lines = markdown
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      if (line.startsWith('```')) {
        isCode = !isCode
        return []
      }
      if (isCode) return [line && `    ${line}`]
      const [, heading] = /^#+ (.*)/.exec(line) ?? []
      return [heading === undefined ? line : bold(heading)]
    })
  return `${lines.join('\n')}\n`
}
