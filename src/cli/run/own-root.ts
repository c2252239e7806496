import { fileURLToPath } from 'node:url'

/** The folder of this package. */
export const OWN_ROOT = fileURLToPath(new URL('../../..', import.meta.url))
