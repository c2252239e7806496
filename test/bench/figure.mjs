import { AIMS } from './aims.mjs'
import { interval, median, quantile } from './statistics.mjs'

/**
 * One line of the report: a statistic of what each route gave, and the ratio of the two proxies.
 * @param generations per generation a list of measurements for each route: {direct, plain, gateway}
 * @param statistic a number of all measurements of one route
 */
export function ratioFigure(key, label, unit, generations, statistic) {
  const of = (route, drawn) => statistic(drawn.flatMap((generation) => generation[route]))
  const ratioOf = (drawn) => of('gateway', drawn) / of('plain', drawn)
  const ratio = ratioOf(generations)
  return {
    key,
    label,
    unit,
    ...(generations[0].direct && { direct: of('direct', generations) }),
    plain: of('plain', generations),
    gateway: of('gateway', generations),
    ratio,
    interval: interval(generations, ratioOf),
    ...aimOf(key, { ratio }),
  }
}

/** The same for medians of times added to those of the direct route in the same round. */
export function addedFigure(key, label, unit, generations) {
  const added = generations.map(({ direct, plain, gateway }) => ({
    plain: over(plain, direct),
    gateway: over(gateway, direct),
  }))
  const quartiles = (route) =>
    [0.25, 0.75].map((q) =>
      quantile(
        added.flatMap((list) => list[route]),
        q,
      ),
    )
  return {
    ...ratioFigure(key, label, unit, added, median),
    direct: median(generations.flatMap(({ direct }) => direct)),
    isAdded: true,
    quartiles: { plain: quartiles('plain'), gateway: quartiles('gateway') },
  }
}

/**
 * One line about a start: milliseconds over those of an empty script in the same round.
 * @param generations per generation a list of times for `empty` and for the command
 */
export function startFigure(key, label, generations, command) {
  const addedOf = (drawn) => median(drawn.flatMap((times) => over(times[command], times.empty)))
  const added = addedOf(generations)
  return {
    key,
    label,
    unit: 'ms',
    direct: median(generations.flatMap(({ empty }) => empty)),
    gateway: median(generations.flatMap((times) => times[command])),
    added,
    interval: interval(generations, addedOf),
    ...aimOf(key, { added }),
  }
}

/** One line about work within the process: how many times as long as other work in the same rounds it takes. */
export function parsesFigure(key, label, generations, work, base) {
  const of = (name, drawn) => median(drawn.flatMap((times) => times[name]))
  const ratioOf = (drawn) => of(work, drawn) / of(base, drawn)
  const ratio = ratioOf(generations)
  return {
    key,
    label,
    unit: 'ms',
    direct: of(base, generations),
    gateway: of(work, generations),
    ratio,
    interval: interval(generations, ratioOf),
    ...aimOf(key, { ratio }),
  }
}

function over(times, base) {
  return times.map((time, round) => time - base[round])
}

function aimOf(key, values) {
  const aim = AIMS[key]
  if (!aim) return {}
  const value = values[aim.of]
  return { aim, isMet: aim.atMost === undefined ? value >= aim.atLeast : value <= aim.atMost }
}
