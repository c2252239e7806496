import { NEWLINE } from './day-file.ts'

/** The lines of a block that hold all `needles`, without their newlines; empty lines are left out. */
export function* linesOf(block: Buffer, needles: readonly Buffer[] = []): Generator<Buffer> {
  const [needle, ...others] = needles
  let start = 0
  while (start < block.length) {
    if (needle) {
      const hit = block.indexOf(needle, start)
      if (hit === -1) return
      start = block.lastIndexOf(NEWLINE, hit) + 1
    }
    const newline = block.indexOf(NEWLINE, start)
    const end = newline === -1 ? block.length : newline
    const line = block.subarray(start, end)
    if (line.length > 0 && others.every((other) => line.includes(other))) yield line
    start = end + 1
  }
}
