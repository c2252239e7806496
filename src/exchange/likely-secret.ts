import { MASK } from './redact.ts'

/** Shorter words and shorter runs of letters and digits are names, dates and numbers as often as secrets. */
const WORD = /[\w+~%-]{20,}/g
const SHORTEST_RUN = 16

/** Ids of the API, such as `req_011CSHoEeqs5C35K2UUqR7Fy`: they are no secrets, and errors are looked up by them. */
const PUBLIC_ID = /^[a-z]+_01[A-Za-z\d]{20,24}$/

/** Masks words that look as if drawn by lot: where a text of the wire repeats a secret that nobody told us of. */
export function maskRandomWords(text: string): string {
  return text.replace(WORD, (word) => (isRandom(word) ? MASK : word))
}

/** Random letters and digits come in long runs; those of names, UUIDs and dates are short. */
function isRandom(word: string): boolean {
  if (PUBLIC_ID.test(word)) return false
  const runs = word.split(/[^A-Za-z\d]+/)
  return runs.some((run) => run.length >= SHORTEST_RUN && /\d/.test(run) && /[A-Za-z]/.test(run))
}

const SECRET_NAME =
  /auth(?!ors?$)|key(?!word)|token|secret|passw|pwd|cookie|credential|^(sig|code)$|signature/i

/** Whether the name of a header or of a parameter says that its value is for nobody else. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}
