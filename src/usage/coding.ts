/** How the bytes of a body are compressed; `deflate-raw` is what some servers send for `deflate`. */
export type Coding = 'identity' | 'gzip' | 'deflate' | 'deflate-raw' | 'br' | 'zstd'

/** With so many bytes, or the whole of a shorter body, a coding is known. */
export const SNIFF_BYTES = 16

/** Text that an API would send, and that no compressed stream begins with in practice. */
const PLAIN = /^(?:\xEF\xBB\xBF)?\s*(?:\{\s*["}]|<[!?a-z]|(?:event|data|id|retry):|:[ \n])/i

const NAMED: Readonly<Record<string, Coding>> = {
  '': 'identity',
  identity: 'identity',
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate-raw',
  br: 'br',
  zstd: 'zstd',
}

/** Whether a `content-encoding` is one that can be read here. */
export function isKnownCoding(contentEncoding: string): boolean {
  return Object.hasOwn(NAMED, contentEncoding.trim().toLowerCase())
}

/**
 * The coding of a body by its first bytes, and where these cannot tell, by its `content-encoding`: servers and
 * middleboxes send the header without compressing, and the reverse. Marks: RFC 1952 (gzip), RFC 1950 (the zlib
 * form of deflate), RFC 8878 (zstd); brotli and raw deflate have none.
 * @throws Error on a coding that cannot be read here.
 */
export function codingOf(contentEncoding: string | undefined, firstBytes: Buffer): Coding {
  const declared = (contentEncoding ?? '').trim().toLowerCase()
  if (hasMark(firstBytes, [0x1f, 0x8b, 0x08])) return 'gzip'
  if (hasMark(firstBytes, [0x28, 0xb5, 0x2f, 0xfd])) return 'zstd'
  if (declared !== '' && PLAIN.test(firstBytes.toString('latin1'))) return 'identity'
  if (declared === 'deflate' && isZlib(firstBytes)) return 'deflate'
  const coding = Object.hasOwn(NAMED, declared) ? NAMED[declared] : undefined
  if (!coding) throw new Error(`content-encoding ${JSON.stringify(declared)} cannot be read`)
  return coding
}

function hasMark(bytes: Buffer, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte)
}

/** RFC 1950 section 2.2: method 8, and the first two bytes as one number are a multiple of 31. */
function isZlib(bytes: Buffer): boolean {
  return bytes.length >= 2 && ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0
}
