const LONGEST_SHOWN = 64

/** A name out of a file, short and without what could move the cursor of a terminal. */
export function shownName(text: string, longest = LONGEST_SHOWN): string {
  const safe = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '�')
  return safe.length > longest ? `${safe.slice(0, longest)}…` : safe
}
