/** Whether a word has so many different characters, digits among them, that it is no name and no example of x's. */
export function looksRandom(word: string, leastDistinct = 10): boolean {
  return /\d/.test(word) && /[A-Za-z]/.test(word) && new Set(word).size >= leastDistinct
}

/** Shannon entropy in bits per character. */
export function entropyBits(word: string): number {
  const counts = new Map<string, number>()
  for (const char of word) counts.set(char, (counts.get(char) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / word.length) * Math.log2(count / word.length)
  return bits
}
