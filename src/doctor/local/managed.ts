import type { Check, Finding } from '../check.ts'
import { fail, ok, warn } from '../check.ts'
import type { Fact } from '../fact.ts'
import { given } from '../fact.ts'
import type { ManagedFacts, SettingsFacts } from './settings.ts'

/** What an administrator's settings decide about the way to the API: they stay in force. */
export function managedCheck(facts: Fact<SettingsFacts>): Check {
  return {
    id: 'managed',
    title: 'no policy leads past claude-gw',
    cost: 'nothing',
    run: () => given(facts, 'state', ({ managed }) => judge(managed)),
  }
}

function judge({ files, addresses, policies }: ManagedFacts): Finding {
  if (addresses.length > 0)
    return fail(addresses.join(', '), {
      remedy: 'ask the administrator to take it out: claude-gw has a file for the machine that leads there',
    })
  if (policies.length > 0)
    return warn(policies.join(', '), { remedy: 'ask the administrator whether that is meant for a gateway' })
  return ok(files.length === 0 ? 'there are no managed settings' : `${files.join(', ')}: nothing about it`)
}
