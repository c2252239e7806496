import { obstacleNotes } from '../config/user-settings.ts'
import { visibleValue } from '../config/visible-value.ts'
import type { Context } from '../context.ts'
import { describePlace } from './account.ts'
import type { Setup } from './setup.ts'
import { setupSettings } from './setup.ts'

/** What was set up, in words: where it stands, where the key is, and what goes before it. @param path of the file */
export function setupNotes(context: Context, setup: Setup, path: string): readonly string[] {
  const { profile, upstream, auth } = setup
  return [
    `profile \`${profile.name}\` leads to ${upstream.name} (${path})`,
    keyNote(context, setup),
    ...(auth ? [`the key is sent as \`auth\` says: ${auth}`] : []),
    ...setupSettings(setup).flatMap(({ name, value }) =>
      value === undefined ? [] : obstacleNotes(context, name).map((note) => `\`${name.key}\`: ${note}`),
    ),
  ]
}

function keyNote({ platform }: Context, { credential: { key, reference }, upstream }: Setup): string {
  if (key) return `the key is in ${describePlace(key.account, platform)}, for ${upstream.url.origin}`
  if (reference === 'passthrough') return 'Claude Code’s own login goes through untouched'
  return `the key comes from ${visibleValue(reference, { key: 'credential' }, 'anybody')}`
}
