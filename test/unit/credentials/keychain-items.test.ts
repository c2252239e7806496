import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KeychainEntry, KeychainLibrary } from '../../../src/credentials/keychain-items.ts'
import { answerRequest } from '../../../src/credentials/keychain-items.ts'

const FIRST = 'https://first.example'
const SECOND = 'https://second.example'

test.each([
  ['nothing', false],
  ['a key', true],
])('two logins at once let no key out to the other origin, over %s', async (_case, isThere) => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const account = openAccount(scheduler)
      if (isThere) void account.logIn(FIRST)
      await scheduler.waitIdle()
      const given = [FIRST, SECOND, FIRST, SECOND].map(account.give)
      const acts = [account.logIn(FIRST), account.logIn(SECOND)]
      await scheduler.waitIdle()
      await Promise.allSettled(acts)
      for (const { origin, secret } of await Promise.all(given)) {
        expect([undefined, keyOf(origin)]).toContain(secret)
      }
    }),
    { numRuns: 1000 },
  )
})

/** An account in a keychain that takes each step when the scheduler says so. */
function openAccount(scheduler: fc.Scheduler) {
  const items = new Map<string, string>()
  const step = <T>(act: () => T) => scheduler.schedule(Promise.resolve()).then(act)
  const library: KeychainLibrary = {
    getPassword: (service) => step(() => items.get(service) ?? null),
    setPassword: (service, _account, password) => step(() => void items.set(service, password)),
    deletePassword: (service) => step(() => items.delete(service)),
  }
  const options = { library, hidesLocked: false }
  const account = 'work'
  return {
    logIn: (origin: string) =>
      answerRequest({ action: 'set', account, secret: keyOf(origin), origin }, options),
    give: async (origin: string) => {
      const entry = (await answerRequest({ action: 'get', account, origin }, options)) as KeychainEntry | null
      return { origin, secret: entry?.secret }
    },
  }
}

function keyOf(origin: string): string {
  return `key of ${origin}`
}
