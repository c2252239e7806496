import { secretFinder } from '../exchange/secret-finder.ts'
import { BodyStore } from '../log/body-store.ts'
import type { BodyKeeping } from './exchange-bodies.ts'
import type { GatewayOptions } from './gateway-options.ts'
import type { KnownSecrets } from './known-secrets.ts'

/** Opens the place where the bodies of a gateway are kept; undefined where none are. */
export function openBodyKeeping(options: GatewayOptions, secrets: KnownSecrets): BodyKeeping | undefined {
  const { bodies, patterns = [], identity, onTrouble } = options
  if (!bodies) return undefined
  const { directory, level } = bodies
  return {
    store: new BodyStore({ directory, runId: identity.runId, onTrouble }),
    level,
    findersOf: (facts) => [secretFinder(secrets.of(facts)), ...patterns],
  }
}
