const RESAMPLES = 300

/** The value below which the share `q` of the values lies. */
export function quantile(values, q) {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]
}

export function median(values) {
  return quantile(values, 0.5)
}

/**
 * The 90 % interval of a statistic over rounds, by bootstrap: the rounds are drawn again with replacement.
 * @param statistic takes a list of round numbers
 */
export function interval(roundCount, statistic) {
  const rounds = Array.from({ length: roundCount })
  const draw = () => rounds.map(() => Math.floor(Math.random() * roundCount))
  const values = Array.from({ length: RESAMPLES }, () => statistic(draw()))
  return [quantile(values, 0.05), quantile(values, 0.95)]
}
