import { hasSavedLogin } from '../../claude/login.ts'
import { obstacleNotes } from '../config/user-settings.ts'
import { visibleValue } from '../config/visible-value.ts'
import type { Context } from '../context.ts'
import { readClaudeState } from '../upstream/claude-state.ts'
import { describePlace } from './account.ts'
import type { Setup } from './setup.ts'
import { setupSettings } from './setup.ts'

/** What was set up, in words: where it stands, where the key is, and what goes before it. @param path of the file */
export async function setupNotes(context: Context, setup: Setup, path: string): Promise<readonly string[]> {
  const { profile, upstream, auth } = setup
  return [
    `profile \`${profile.name}\` leads to ${upstream.name} (${path})`,
    await keyNote(context, setup),
    ...(auth ? [`the key is sent as \`auth\` says: ${auth}`] : []),
    ...setupSettings(setup).flatMap(({ name, value }) =>
      value === undefined ? [] : obstacleNotes(context, name).map((note) => `\`${name.key}\`: ${note}`),
    ),
  ]
}

async function keyNote(
  context: Context,
  { credential: { key, reference }, upstream }: Setup,
): Promise<string> {
  if (key) return `the key is in ${describePlace(key.account, context.platform)}, for ${upstream.url.origin}`
  if (reference === 'passthrough') {
    const isThere = hasSavedLogin((await readClaudeState(context)).places)
    return `Claude Code’s own login goes through untouched${isThere ? '' : ', and none is saved yet: /login within Claude Code saves one'}`
  }
  if (reference === 'auto')
    return 'the key is looked for at each start, in the places that `claude-gw help credentials` lists'
  return `the key comes from ${visibleValue(reference, { key: 'credential' }, 'anybody')}`
}
