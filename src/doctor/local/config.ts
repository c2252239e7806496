import type { Config } from '../../config/config.ts'
import type { ConfigSurroundings } from '../../config/config-files.ts'
import { readFixedFiles } from '../../config/fixed-files.ts'
import { unknownVariables } from '../../config/unknown-variables.ts'
import type { Upstream } from '../../network/url.ts'
import type { Check, Finding } from '../check.ts'
import { fail, failed, ok, warn } from '../check.ts'
import type { Fact } from '../fact.ts'

export interface ConfigFacts {
  readonly config: Fact<Config>
  readonly upstream: Fact<Upstream>
  readonly surroundings: ConfigSurroundings
}

/** Whether the configuration is valid, and where it stands. */
export function configCheck({ config, upstream, surroundings }: ConfigFacts): Check {
  return {
    id: 'config',
    title: 'the configuration is valid',
    cost: 'nothing',
    run: () => {
      const unknown = unknownVariables(surroundings.env)
      if (unknown.length > 0) return meaningless(unknown)
      if (!config.isKnown) return failed(config.error)
      if (!upstream.isKnown) return failed(upstream.error)
      const [note] = readFixedFiles(surroundings).notes
      if (note !== undefined)
        return warn(note, { remedy: 'have its owner and mode mended: `ls -l` shows them' })
      return ok(`profile ${config.value.values.profile}, ${upstream.value.name}; ${placesOf(config.value)}`)
    },
  }
}

function meaningless(unknown: ReturnType<typeof unknownVariables>): Finding {
  const names = unknown.map(({ name }) => name)
  const hints = unknown.flatMap(({ hint }) => hint ?? [])
  const hint = hints.length > 0 ? `; ${[...new Set(hints)].join(', ')}` : ''
  return fail(`${names.join(', ')}: no such variable${hint}`, { remedy: `unset ${names.join(' ')}` })
}

/** Files without their lines, variables and options. */
function placesOf({ entries }: Config): string {
  const set = entries.map(({ origin }) => origin).filter((origin) => origin !== 'default')
  const places = [...new Set(set.map((origin) => origin.replace(/:\d+$/, '')))]
  return places.length === 0 ? 'all else as by default' : `set in ${places.join(', ')}`
}
