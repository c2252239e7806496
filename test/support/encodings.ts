import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'

/** Encodes a body as its `content-encoding` says. `deflate-raw` is what some servers send as `deflate`. */
export const encode: Readonly<Record<Encoding, (body: Buffer) => Buffer>> = {
  identity: (body) => body,
  gzip: (body) => gzipSync(body),
  deflate: (body) => deflateSync(body),
  'deflate-raw': (body) => deflateRawSync(body),
  br: (body) => brotliCompressSync(body),
  zstd: storeAsZstd,
}

export type Encoding = 'identity' | 'gzip' | 'deflate' | 'deflate-raw' | 'br' | 'zstd'

/** Three pings as the zstd program compresses them: a frame with entropy-coded blocks and a checksum. */
export const ZSTD_SAMPLE = {
  plain: 'event: ping\ndata: {"type":"ping"}\n\n'.repeat(3),
  encoded: Buffer.from(
    'KLUv/QRoXQEANAJldmVudDogcGluZwpkYXRhOiB7InR5cGUiOiJwaW5nIn0KCgEAG4OqJxgFXIg=',
    'base64',
  ),
} as const

const ZSTD_BLOCK_BYTES = 128 * 1024

/**
 * A valid zstd frame of raw blocks, because Node 20 has no zstd encoder (RFC 8878, 3.1.1): magic number, a
 * descriptor for a single segment with an 8-byte content size, then blocks of a 3-byte head and plain bytes.
 */
function storeAsZstd(body: Buffer): Buffer {
  const head = Buffer.from(`28b52ffde0${'00'.repeat(8)}`, 'hex')
  head.writeBigUInt64LE(BigInt(body.length), 5)
  const blocks: Buffer[] = []
  for (let start = 0; start === 0 || start < body.length; start += ZSTD_BLOCK_BYTES) {
    const bytes = body.subarray(start, start + ZSTD_BLOCK_BYTES)
    const isLast = start + ZSTD_BLOCK_BYTES >= body.length
    const blockHead = Buffer.alloc(3)
    blockHead.writeUIntLE((bytes.length << 3) | (isLast ? 1 : 0), 0, 3)
    blocks.push(blockHead, bytes)
  }
  return Buffer.concat([head, ...blocks])
}
