const RESAMPLES = 500

/** The value below which the share `q` of the values lies. */
export function quantile(values, q) {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]
}

export function median(values) {
  return quantile(values, 0.5)
}

/**
 * The 90 % interval of a statistic over generations, by bootstrap: they are drawn again with replacement.
 * Two processes of the same program differ more than two rounds of the same processes do, so it is whole
 * generations that are drawn.
 */
export function interval(generations, statistic) {
  const draw = () => generations.map(() => generations[Math.floor(Math.random() * generations.length)])
  const values = Array.from({ length: RESAMPLES }, () => statistic(draw()))
  return [quantile(values, 0.05), quantile(values, 0.95)]
}
