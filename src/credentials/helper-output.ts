import type { Readable } from 'node:stream'

/** Keeps what comes up to a limit, and tells when there is more. */
export function keepStart(stream: Readable | null, maxBytes: number, onFull: () => void): () => string {
  const chunks: Buffer[] = []
  let bytes = 0
  stream?.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > maxBytes) onFull()
    else chunks.push(chunk)
  })
  return () => Buffer.concat(chunks).toString()
}

/** Keeps the last that comes, by whole lines: half of one may begin with half a secret, which nothing would recognise. */
export function keepEnd(stream: Readable | null, maxBytes: number): () => string {
  let kept: Buffer = Buffer.alloc(0)
  let isCut = false
  stream?.on('data', (chunk: Buffer) => {
    const all = Buffer.concat([kept, chunk])
    isCut ||= all.length > maxBytes
    kept = all.subarray(-maxBytes)
  })
  return () => (isCut ? (/\n([\s\S]*)/.exec(kept.toString())?.[1] ?? '') : kept.toString())
}
