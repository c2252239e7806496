import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { Decoder } from '../../../src/usage/decompress.ts'
import type { Encoding } from '../../support/encodings.ts'
import { encode, ZSTD_SAMPLE } from '../../support/encodings.ts'

const TEXT = 'event: ping\ndata: {"type":"ping"}\n\n'.repeat(200)
const ENCODINGS: readonly Encoding[] = ['identity', 'gzip', 'deflate', 'deflate-raw', 'br', 'zstd']
/** A frame with a window of 2 MB and an unknown size: RFC 8878 section 3.1.1.1. */
const ZSTD_HEAD = Buffer.from('28b52ffd0058', 'hex')

describe.each(ENCODINGS)('%s', (encoding) => {
  const header = encoding === 'deflate-raw' ? 'deflate' : encoding

  test.each([1, 17, 100_000])('is decoded in chunks of %i bytes', async (size) => {
    const { bytes } = await decode(header, cut(encode[encoding](Buffer.from(TEXT)), size))
    expect(bytes.toString()).toBe(TEXT)
  })

  test('is decoded as far as it came when it is cut off', async () => {
    const encoded = encode[encoding](Buffer.from(TEXT))
    const { bytes, fault } = await decode(header, [encoded.subarray(0, encoded.length - 5)])
    expect(fault).toBeUndefined()
    expect(TEXT.startsWith(bytes.toString())).toBe(true)
  })
})

test('a whole frame of zstd with compressed blocks is decoded', async () => {
  const { bytes } = await decode('zstd', cut(ZSTD_SAMPLE.encoded, 5))
  expect(bytes.toString()).toBe(ZSTD_SAMPLE.plain)
})

test('a body shorter than the marks of a coding is decoded at its end', async () => {
  expect((await decode(undefined, [Buffer.from('{}')])).bytes.toString()).toBe('{}')
})

test('bytes behind a compressed body are left out', async () => {
  const body = Buffer.concat([deflateSync('whole'), Buffer.from('rest')])
  expect((await decode('deflate', [body, Buffer.from('more')])).bytes.toString()).toBe('whole')
})

test('bytes that are not compressed come while they are written', () => {
  const seen: number[] = []
  const decoder = new Decoder(undefined, {
    onBytes: (_, atMs) => seen.push(atMs),
    onIdle: () => {},
    onFault: () => {},
  })
  decoder.write({ chunk: Buffer.alloc(20), atMs: 1 })
  decoder.write({ chunk: Buffer.alloc(1), atMs: 2 })
  expect(seen).toEqual([1, 2])
  expect(decoder.isIdle).toBe(true)
})

test.each([
  ['gzip', (text: string) => gzipSync(text)],
  ['zstd', zstdBlock],
])('bytes of %s have the arrival of their chunk', async (header, encodePart) => {
  const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(30))
  const { arrivals } = await decode(header, texts.map(encodePart))
  expect(arrivals).toEqual(texts.map((text, index) => [text, index]))
})

describe('is a fault:', () => {
  test('a coding that cannot be read', async () => {
    expect((await decode('compress', [Buffer.alloc(20)])).fault).toContain('cannot be read')
  })

  test.each(['gzip', 'deflate', 'br', 'zstd'])('bytes that are not %s', async (header) => {
    expect((await decode(header, [Buffer.alloc(100, 0xee)])).fault).toBeTruthy()
  })

  test('a body that unfolds to more than 64 MB', async () => {
    const bomb = gzipSync(Buffer.alloc(80 * 1024 ** 2))
    const { bytes, fault } = await decode('gzip', [bomb])
    expect(fault).toBe('decoded to over 67108864 bytes')
    expect(bytes.length).toBeLessThanOrEqual(64 * 1024 ** 2)
  })

  test('a frame of zstd that unfolds to more than 64 MB', async () => {
    const repeated = Buffer.from([0x02, 0x00, 0x10, 0x61])
    const bomb = Buffer.concat([ZSTD_HEAD, ...Array.from({ length: 600 }, () => repeated)])
    expect((await decode('zstd', [bomb])).fault).toBe('decoded to over 67108864 bytes')
  })

  test.each(['28b52ffd00ff', '28b52ffda0ffffffff', '28b52ffde0ffffffff00000000'])(
    'a frame of zstd that asks for a lot of memory (%s)',
    async (head) => {
      expect((await decode('zstd', [Buffer.from(head.padEnd(64, '0'), 'hex')])).fault).toBeTruthy()
    },
  )

  test('more than 16 MB that wait for the decoder', async () => {
    const chunk = Buffer.concat([gzipSync('x'), Buffer.alloc(17 * 1024 ** 2)])
    expect((await decode('gzip', [chunk])).fault).toBe('decoding fell behind')
  })

  test('what the reader of the bytes throws', async () => {
    const fault = await new Promise<Error>((resolve) => {
      const decoder = new Decoder('gzip', {
        onBytes: () => {
          throw new Error('not what it seemed')
        },
        onIdle: () => {},
        onFault: resolve,
      })
      decoder.write({ chunk: gzipSync('x'), atMs: 0 })
    })
    expect(fault.message).toBe('not what it seemed')
  })
})

/** One raw block of a frame, the first one with the frame's head. */
function zstdBlock(text: string, index: number): Buffer {
  const head = Buffer.from([text.length << 3, 0, 0])
  return Buffer.concat([...(index === 0 ? [ZSTD_HEAD] : []), head, Buffer.from(text)])
}

interface Decoded {
  readonly bytes: Buffer
  readonly arrivals: readonly (readonly [text: string, atMs: number])[]
  readonly fault: string | undefined
}

/** Writes the chunks at once, with their index as arrival. */
function decode(header: string | undefined, chunks: readonly Buffer[]): Promise<Decoded> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = []
    const arrivals: [string, number][] = []
    const settle = (fault?: string) => {
      decoder.destroy()
      resolve({ bytes: Buffer.concat(pieces), arrivals, fault })
    }
    const decoder = new Decoder(header, {
      onBytes: (bytes, atMs) => {
        pieces.push(Buffer.from(bytes))
        arrivals.push([bytes.toString('latin1', 0, 100), atMs])
      },
      onIdle: () => settle(),
      onFault: (error) => settle(error.message),
    })
    try {
      for (const [index, chunk] of chunks.entries()) decoder.write({ chunk, atMs: index })
      decoder.end()
      if (decoder.isIdle) settle()
    } catch (error) {
      settle((error as Error).message)
    }
  })
}

function cut(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}
