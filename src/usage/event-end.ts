const LF = 0x0a
const CR = 0x0d

/** Where the last blank line before `limit` ends; 0 if there is none. */
export function lastEventEnd(bytes: Buffer, limit: number): number {
  for (let at = limit - 1; at > 0; at--) {
    if (isBlankLineAt(bytes, at)) return at + 1
  }
  return 0
}

/** Where the first blank line whose last byte is at or behind `start` ends; -1 if there is none. */
export function firstEventEnd(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length; at++) {
    if (isBlankLineAt(bytes, at)) return at + 1
  }
  return -1
}

/** Whether the line end at `at` ends an empty line. A CR cut off from its LF leaves an empty line, which is harmless. */
function isBlankLineAt(bytes: Buffer, at: number): boolean {
  if (!isLineEnd(bytes[at])) return false
  const isPair = bytes[at] === LF && bytes[at - 1] === CR
  return isLineEnd(bytes[at - (isPair ? 2 : 1)])
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === LF || byte === CR
}
