import type { GatewayError } from '../../base/errors.ts'
import type { Check, Finding } from '../check.ts'
import { failed, ok, warn } from '../check.ts'
import type { Fact } from '../fact.ts'
import { given } from '../fact.ts'

/** What settings files of Claude Code say about the way to the API; nothing in it is secret. */
export interface SettingsFacts {
  /** Those that exist, an administrator's apart. */
  readonly files: readonly string[]
  /** Why `run` would not start. */
  readonly refusal: GatewayError | undefined
  /** Those that cannot be read, with the reason. */
  readonly unreadable: readonly string[]
  /** Key and file of what leads elsewhere. */
  readonly diversions: readonly string[]
  readonly managed: ManagedFacts
}

export interface ManagedFacts {
  readonly files: readonly string[]
  /** Addresses that lead past any gateway. */
  readonly addresses: readonly string[]
  /** What else stays in force. */
  readonly policies: readonly string[]
}

/** Whether settings files of Claude Code would lead around the gateway. */
export function settingsCheck(facts: Fact<SettingsFacts>): Check {
  return {
    id: 'settings',
    title: 'no settings of Claude Code lead elsewhere',
    cost: 'nothing',
    run: () => given(facts, 'state', judge),
  }
}

function judge({ files, refusal, unreadable, diversions }: SettingsFacts): Finding {
  if (refusal) return failed(refusal)
  if (diversions.length > 0)
    return warn(`${diversions.join(', ')}; \`run\` goes before that, \`claude\` by itself does not`, {
      remedy: 'remove it there; the address that you want is for `claude-gw config set upstream URL`',
    })
  if (unreadable.length > 0)
    return warn(unreadable.join(', '), { remedy: 'mend that file, which Claude Code does not read either' })
  return ok(files.length === 0 ? 'there are none' : files.join(', '))
}
