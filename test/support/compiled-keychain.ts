import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Keychain, KeychainOptions } from '../../src/credentials/keychain.ts'
import { openKeychain } from '../../src/credentials/keychain.ts'
import type { Machine } from '../../src/credentials/machine.ts'
import { compiledSource } from './compiled-source.ts'
import { machine } from './surroundings.ts'

/** Where the program looks for keytar, since it is compiled elsewhere. */
const NODE_PATH = resolve(import.meta.dirname, '../../node_modules')

export interface CompiledKeychain {
  readonly open: (env?: Machine['env'], options?: KeychainOptions) => Keychain
  readonly program: () => string
  /** The URL of a module beside it. */
  readonly moduleUrl: (module: string) => string
}

/** Keychains that are asked through a program which is compiled for the tests of a file. */
export function compiledKeychain(): CompiledKeychain {
  const moduleUrl = compiledSource({ hasPackages: false })
  const program = () => fileURLToPath(moduleUrl('keychain-program.js'))
  return {
    open: (env, options) => openKeychain(machine({ NODE_PATH, ...env }), { program: program(), ...options }),
    program,
    moduleUrl,
  }
}
