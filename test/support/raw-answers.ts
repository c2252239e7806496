/** One HTTP/1.1 answer, taken apart from the bytes of a connection. */
export interface RawAnswer {
  readonly statusLine: string
  readonly status: number
  /** Order, case and duplicates as on the wire. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Without chunk framing. */
  readonly body: Buffer
  /** Sizes of the chunks of a chunked body. */
  readonly chunkSizes: readonly number[]
  readonly trailers: readonly (readonly [name: string, value: string])[]
  /** Whether the message ended as its framing says; false for a cut one. */
  readonly isWhole: boolean
}

interface Body extends Pick<RawAnswer, 'body' | 'chunkSizes' | 'trailers' | 'isWhole'> {
  /** Where the next answer begins. */
  readonly end: number
}

/**
 * The answers on one connection, 1xx ones included (RFC 9112, 6). A body without length or chunks counts as
 * whole: only the connection's ending can tell.
 */
export function rawAnswers(bytes: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = []
  for (let start = 0; start < bytes.length; ) {
    const headEnd = bytes.indexOf('\r\n\r\n', start)
    if (headEnd === -1) break
    const [statusLine = '', ...lines] = bytes.toString('latin1', start, headEnd).split('\r\n')
    const status = Number(statusLine.split(' ')[1])
    const headers = lines.map(pairOf)
    const { end, ...body } = bodyOf(bytes, headEnd + 4, status, headers)
    answers.push({ statusLine, status, headers, ...body })
    start = end
  }
  return answers
}

function bodyOf(bytes: Buffer, start: number, status: number, headers: RawAnswer['headers']): Body {
  const value = (name: string) => headers.find((header) => header[0].toLowerCase() === name)?.[1]
  const none = { chunkSizes: [], trailers: [] }
  if (status < 200 || status === 204 || status === 304) {
    return { ...none, body: Buffer.alloc(0), isWhole: true, end: start }
  }
  if (value('transfer-encoding')?.toLowerCase() === 'chunked') return chunkedBody(bytes, start)
  const length = value('content-length')
  const end = length === undefined ? bytes.length : start + Number(length)
  return { ...none, body: bytes.subarray(start, end), isWhole: end <= bytes.length, end }
}

function chunkedBody(bytes: Buffer, start: number): Body {
  const pieces: Buffer[] = []
  const cut = () => ({ ...partsOf(pieces), trailers: [], isWhole: false, end: bytes.length })
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) return cut()
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    if (size === 0) return lastChunk(bytes, lineEnd, pieces) ?? cut()
    pieces.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
    if (at > bytes.length) return cut()
  }
}

function lastChunk(bytes: Buffer, lineEnd: number, pieces: readonly Buffer[]): Body | undefined {
  const end = bytes.indexOf('\r\n\r\n', lineEnd)
  if (end === -1) return undefined
  const lines = bytes.toString('latin1', lineEnd + 2, end).split('\r\n')
  const trailers = lines.filter((line) => line !== '').map(pairOf)
  return { ...partsOf(pieces), trailers, isWhole: true, end: end + 4 }
}

function partsOf(pieces: readonly Buffer[]): Pick<RawAnswer, 'body' | 'chunkSizes'> {
  return { body: Buffer.concat(pieces), chunkSizes: pieces.map((piece) => piece.length) }
}

function pairOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}
