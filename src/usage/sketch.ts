/** Values are kept in buckets that grow by 4 %, so that what is read out is at most 2 % beside the true value. */
const RELATIVE_ERROR = 0.02
const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
const LOG_GROWTH = Math.log(GROWTH)
/** Up to some 10^17. */
const LAST_BUCKET = 1000
const GROWTH_STEP = 32

/** The bucket of a value; those of 1 and less share the first one. */
export function bucketOf(value: number): number {
  return value <= 1 ? 0 : Math.min(LAST_BUCKET, Math.ceil(Math.log(value) / LOG_GROWTH))
}

/**
 * How many values lie in each bucket: quantiles of millions of values in little memory, and two can be added up
 * (as in DDSketch, https://arxiv.org/abs/1908.10693).
 */
export class Sketch {
  #first = 0
  #counts = new Uint32Array(0)
  #total = 0

  add(bucket: number): void {
    if (bucket < this.#first || bucket >= this.#first + this.#counts.length) this.#widen(bucket)
    this.#counts[bucket - this.#first] = (this.#counts[bucket - this.#first] ?? 0) + 1
    this.#total += 1
  }

  /** The value at `share` of all of them in order (nearest rank), or undefined where there is none. */
  quantile(share: number): number | undefined {
    if (this.#total === 0) return undefined
    const rank = Math.max(1, Math.ceil(share * this.#total))
    let seen = 0
    const index = this.#counts.findIndex((count) => {
      seen += count
      return seen >= rank
    })
    return middleOf(this.#first + index)
  }

  #widen(bucket: number): void {
    const isEmpty = this.#counts.length === 0
    const first = Math.max(0, Math.min(isEmpty ? bucket : this.#first, bucket - GROWTH_STEP))
    const end = Math.max(isEmpty ? 0 : this.#first + this.#counts.length, bucket + GROWTH_STEP)
    const counts = new Uint32Array(end - first)
    if (!isEmpty) counts.set(this.#counts, this.#first - first)
    this.#first = first
    this.#counts = counts
  }
}

/** As far from the one end of the bucket as from the other, in proportion. */
function middleOf(bucket: number): number {
  return bucket === 0 ? 1 : (2 * GROWTH ** bucket) / (GROWTH + 1)
}
