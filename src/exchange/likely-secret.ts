import { MASK } from './redact.ts'

export interface Suspicion {
  /** Whether ids, UUIDs and names of models stay: a request is looked up by them. False by default. */
  readonly areIdsPublic?: boolean
}

/** Shorter words are names, dates and numbers as often as secrets. Base64 has slashes in it. */
const LONG_WORD = /[\w+/\\.~%-]{20,}={0,2}/g
/** Random letters and digits come in long runs; those of names, UUIDs and dates are short. */
const SHORTEST_RUN = 16
const SHORTEST_PART = 20

const USER_OF_URL = /(?<=:\/\/)[^\s/?#"']+(?=@)/g

/** Ids of the API, such as `req_011CSHoEeqs5C35K2UUqR7Fy`. */
const PUBLIC_ID = /^[a-z]+_01[A-Za-z\d]{20,24}$/

/** Masks words that look as if drawn by lot: a text may repeat a secret that nobody told us of. */
export function maskRandomWords(text: string, { areIdsPublic = false }: Suspicion = {}): string {
  const shown = (part: string) => (isRandom(part, areIdsPublic) ? MASK : part)
  return text
    .replace(USER_OF_URL, MASK)
    .replace(LONG_WORD, (word) => (isPath(word) ? word.replace(/[^/\\.]+/g, shown) : shown(word)))
}

/** Also the name of a host, a file or a package: capitals are only in paths that start as one. */
function isPath(word: string): boolean {
  return /^(~|\.{1,2})?[\\/]/.test(word) || !/[A-Z]/.test(word)
}

function isRandom(part: string, areIdsPublic: boolean): boolean {
  if (areIdsPublic && PUBLIC_ID.test(part)) return false
  if (!areIdsPublic && part.length >= SHORTEST_PART && isMixed(part)) return true
  return part.split(/[^A-Za-z\d]+/).some((run) => run.length >= SHORTEST_RUN && isMixed(run))
}

function isMixed(text: string): boolean {
  return /\d/.test(text) && /[A-Za-z]/.test(text)
}

const NAME = String.raw`auth(?!ors?\b)|key(?!word)|token|secret|pass(?:w|phrase)|pwd|cookie|credential|signature`

const SECRET_NAME = new RegExp(`${NAME}|^(?:sig|code)$`, 'i')

/** Whether the name of a header or of a parameter says that its value is for nobody else. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

const behindName = (gap: string) => String.raw`(?<=(?:${NAME})[\w-]{0,40}(?:${gap}))`

/** What people say of a secret: short or usual words, numbers of errors. */
const WORD = String.raw`(?:[a-z]{1,9}|credentials?|authenti[a-z]+|authoriz[a-z]+|configured|permissions?|(?:un)?available|\d{1,4})`
/** Nor is a sign of its own a secret, nor an option, a path or a URL. */
const ORDINARY = String.raw`${WORD}[.,:;!?)]*(?:["'\s]|$)|[^\w\s]+(?:\s|$)|--?[a-z]|https?:\/\/|[~.]{0,2}\/|\[redacted\]`

const NAMED_VALUE = new RegExp(
  [
    `${behindName(String.raw`["']?(?:\s{0,4}[:=]\s{0,4}|\s{1,4})`)}(?:"[^"]+"|'[^']+')`,
    `${behindName(String.raw`["']?\s{0,4}=\s{0,4}|["']\s{0,4}:\s{0,4}`)}[^\\s"'&]+`,
    `${behindName(String.raw`:?\s{1,4}(?:(?:is|was|bearer|basic)\s{1,4})?`)}(?!${ORDINARY})[^\\s"']+`,
  ].join('|'),
  'gi',
)

/** Masks what stands behind the name of a secret in a sentence: `token=X`, `"token": "X"`, `the token "X"`, `token X`. */
export function maskNamedSecrets(text: string): string {
  return text.replace(NAMED_VALUE, MASK)
}
