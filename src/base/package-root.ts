import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of this package, from wherever the build has put this module. */
export function packageRoot(folder = import.meta.dirname): string {
  const above = dirname(folder)
  return above === folder || existsSync(join(folder, 'package.json')) ? folder : packageRoot(above)
}
