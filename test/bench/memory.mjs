import { plainFigure } from './figure.mjs'
import { residentMegabytes } from './program.mjs'

/** Resident memory of each proxy after all that was run before. */
export async function memory({ plain, gateway }) {
  const megabytes = { plain: residentMegabytes(plain.pid), gateway: residentMegabytes(gateway.pid) }
  return [plainFigure('memory', 'resident memory after the run', 'MB', megabytes)]
}
