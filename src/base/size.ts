const UNIT_BYTES = { '': 1, B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 } as const

/** Bytes of a size such as `512KB`, `32MB` or a plain number; undefined if the text is none. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)?$/i.exec(text.trim())
  if (!match) return undefined
  const unit = (match[2] ?? '').toUpperCase() as keyof typeof UNIT_BYTES
  return Math.floor(Number(match[1]) * UNIT_BYTES[unit])
}
