import { AIMS } from './aims.mjs'
import { interval, median, quantile } from './statistics.mjs'

/**
 * One line of the report: a statistic of what each route measured round by round, and its ratio.
 * @param samples lists of one entry per round, by route
 * @param statistic a number of the entries of one route
 */
export function ratioFigure(key, label, unit, samples, statistic) {
  const { direct, plain, gateway } = samples
  const ratioOf = (rounds) => statistic(pick(gateway, rounds)) / statistic(pick(plain, rounds))
  return {
    key,
    label,
    unit,
    ...(direct && { direct: statistic(direct) }),
    plain: statistic(plain),
    gateway: statistic(gateway),
    ratio: statistic(gateway) / statistic(plain),
    ratioInterval: interval(gateway.length, ratioOf),
    ...aimOf(key, { ratio: statistic(gateway) / statistic(plain) }),
  }
}

/** The same for times that are added to those of the direct route in the same round. */
export function addedFigure(key, label, unit, samples) {
  const over = (route) => route.map((value, round) => value - samples.direct[round])
  const added = { plain: over(samples.plain), gateway: over(samples.gateway) }
  const figure = ratioFigure(key, label, unit, added, median)
  const spread = ({ plain, gateway }) => ({ plain: quartiles(plain), gateway: quartiles(gateway) })
  return { ...figure, direct: median(samples.direct), isAdded: true, quartiles: spread(added) }
}

/** One line about a single number of each proxy. */
export function plainFigure(key, label, unit, { direct, plain, gateway }) {
  const ratio = gateway / plain
  return {
    key,
    label,
    unit,
    ...(direct !== undefined && { direct }),
    plain,
    gateway,
    ratio,
    ...aimOf(key, { ratio }),
  }
}

/** One line about a start: milliseconds over those of an empty script in the same round. */
export function startFigure(key, label, empty, started) {
  const added = started.map((value, round) => value - empty[round])
  return {
    key,
    label,
    unit: 'ms',
    direct: median(empty),
    gateway: median(started),
    added: median(added),
    addedInterval: interval(added.length, (rounds) => median(pick(added, rounds))),
    ...aimOf(key, { added: median(added) }),
  }
}

function pick(values, rounds) {
  return rounds.map((round) => values[round])
}

function quartiles(values) {
  return [quantile(values, 0.25), quantile(values, 0.75)]
}

function aimOf(key, values) {
  const aim = AIMS[key]
  if (!aim) return {}
  const value = values[aim.of]
  const isMet = aim.atMost === undefined ? value >= aim.atLeast : value <= aim.atMost
  return { aim, isMet }
}
