import { Decoder } from './decompress.ts'

/**
 * What a whole body decodes to; of one that broke off, as far as it goes.
 * @throws Error where its coding is unknown, or it is not what it says
 */
export function decodeWhole(body: Buffer, contentEncoding: string | undefined): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const decoded: Buffer[] = []
    const settle = () => {
      const [first = Buffer.alloc(0), ...others] = decoded
      resolve(others.length === 0 ? first : Buffer.concat(decoded))
      decoder.destroy()
    }
    const decoder = new Decoder(contentEncoding, {
      onBytes: (bytes) => decoded.push(bytes),
      onIdle: settle,
      onFault: reject,
    })
    decoder.write({ chunk: body, atMs: 0 })
    decoder.end()
    if (decoder.isIdle) settle()
  })
}
