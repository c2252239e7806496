import { ratioFigure } from './figure.mjs'
import { residentMegabytes } from './program.mjs'
import { median } from './statistics.mjs'

/** Resident memory of each proxy after all that was run before in its generation. */
export const memory = {
  measure: async ({ plain, gateway }) => ({
    plain: [residentMegabytes(plain.pid)],
    gateway: [residentMegabytes(gateway.pid)],
  }),
  figures: (generations) => [ratioFigure('memory', 'resident memory after that', 'MB', generations, median)],
}
