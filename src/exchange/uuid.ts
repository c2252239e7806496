import { randomFillSync } from 'node:crypto'

const RANDOM_BYTES = 10
const pool = Buffer.allocUnsafe(RANDOM_BYTES * 128)
let poolOffset = pool.length
let lastMs = 0
let counter = 0

/**
 * A UUIDv7: Unix milliseconds, then a counter, then 62 random bits (RFC 9562, section 5.7).
 * Ids of one process rise strictly, within a millisecond and when the clock is set back (section 6.2, method 1).
 */
export function uuidv7(nowMs: number = Date.now()): string {
  if (poolOffset === pool.length) {
    randomFillSync(pool)
    poolOffset = 0
  }
  const start = poolOffset
  poolOffset += RANDOM_BYTES
  advance(nowMs, pool.readUInt16BE(start + 8))
  pool.writeUInt8((pool.readUInt8(start) & 0x3f) | 0x80, start)
  const time = lastMs.toString(16).padStart(12, '0')
  const sequence = counter.toString(16).padStart(3, '0')
  const tail = pool.toString('hex', start, start + 8)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence}-${tail.slice(0, 4)}-${tail.slice(4)}`
}

/** The counter starts in the lower half of its 12 bits, so that it can rise 2,048 times in a millisecond. */
function advance(nowMs: number, random: number): void {
  if (nowMs > lastMs) {
    lastMs = nowMs
    counter = random & 0x7ff
  } else if (counter < 0xfff) {
    counter += 1
  } else {
    lastMs += 1
    counter = random & 0x7ff
  }
}
