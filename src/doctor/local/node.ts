import type { Check } from '../check.ts'
import { ok, warn } from '../check.ts'

export interface NodeFacts {
  /** As `process.version` has it. */
  readonly version: string
  readonly path: string
  /** The variable NODE_OPTIONS. */
  readonly options: string | undefined
}

const LOADING = /(?<=^|\s)(-r|--require|--import|--(experimental-)?loader|--inspect[\w-]*)(?=[\s=]|$)/

/** Which Node.js runs this. One that is too old does not come so far: the entry refuses it. */
export function nodeCheck({ version, path, options = '' }: NodeFacts): Check {
  return {
    id: 'node',
    title: 'Node.js runs this program and nothing else',
    cost: 'nothing',
    run: () => {
      const [option] = LOADING.exec(options) ?? []
      if (option === undefined) return ok(`${version}, ${path}`)
      return warn(`${version}, ${path}; NODE_OPTIONS has ${option}, and what it lets in can see your key`, {
        remedy: 'unset NODE_OPTIONS; in a terminal of VS Code, switch the auto-attach of its debugger off',
      })
    },
  }
}
