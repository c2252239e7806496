import { behindEscape, isWord } from './boundary.ts'
import type { LiteralDetector, Range } from './detector.ts'
import { isTopLevelDomain } from './top-level-domain.ts'

/** RFC 5321 section 4.5.3.1. */
const LONGEST_LOCAL = 64
const LOCAL = /^[A-Za-z\d][\w.%+'-]*$/
const DOMAIN = /[A-Za-z\d](?:[A-Za-z\d-]{0,62}\.){1,8}[A-Za-z][A-Za-z\d-]{1,24}/y
/** Remotes such as git@github.com:owner/name, machines, and algorithms of SSH (RFC 4251 section 6). */
const NOBODY = /^(?:git|no-?reply|do-?not-?reply)@|@(?:openssh\.com|libssh\.org)$/i
/** Versions of packages, and names of pictures such as icon@2x.png. */
const NO_HOST = /^(?:\d+\.\d+\.|\dx\.)/i

/** E-mail addresses in domains that people have: not the `@` of packages, decorators, remotes and handles. */
export const email: LiteralDetector = {
  name: 'email',
  noun: 'EMAIL',
  anchors: ['@'],
  find: (text, at): readonly Range[] => {
    const start = localStart(text, at)
    const end = start < at ? domainEnd(text, at + 1) : 0
    if (end === 0 || NOBODY.test(text.slice(start, end))) return []
    return [{ start, end }]
  },
}

/** Gives `at` where nothing before it can be the first part of an address. */
function localStart(text: string, at: number): number {
  let start = at
  while (start > 0 && isLocal(text.charCodeAt(start - 1)) && at - start <= LONGEST_LOCAL) start -= 1
  if (at - start > LONGEST_LOCAL) return at
  start = behindEscape(text, start)
  while (start < at && !/[A-Za-z\d]/.test(text.charAt(start))) start += 1
  const local = text.slice(start, at)
  const isPartOfPath = text[start - 1] === '/' || text[start - 1] === '@'
  return isPartOfPath || !LOCAL.test(local) || local.endsWith('.') || local.includes('..') ? at : start
}

/** Gives 0 where no name of a host begins. */
function domainEnd(text: string, start: number): number {
  DOMAIN.lastIndex = start
  const labels = DOMAIN.exec(text)?.[0].split('.') ?? []
  while (labels.length > 1 && !isTopLevelDomain(labels.at(-1) ?? '')) labels.pop()
  const domain = labels.join('.')
  const end = start + domain.length
  const isCode = isWord(text.charCodeAt(end)) || /[-@(]/.test(text.charAt(end))
  return labels.length < 2 || NO_HOST.test(domain) || isCode ? 0 : end
}

function isLocal(code: number): boolean {
  if (code >= 0x80) return false
  return isWord(code) || code === 0x2e || code === 0x2d || code === 0x2b || code === 0x25 || code === 0x27
}
