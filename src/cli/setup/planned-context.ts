import { resolveConfig } from '../../config/config.ts'
import type { ConfigFiles } from '../../config/config-files.ts'
import type { FileSettings } from '../../config/file-settings.ts'
import { readConfigFiles } from '../../config/files.ts'
import type { Flags } from '../../config/global-options.ts'
import type { ConfigKey } from '../../config/schema.ts'
import { SCHEMA } from '../../config/schema.ts'
import type { Context } from '../context.ts'

/** What `init` writes for a profile: all of it, so that nothing of what stood there is mixed with it. */
export const SETUP_KEYS = ['upstream', 'credential', 'auth'] as const satisfies readonly ConfigKey[]

/**
 * The context as it is going to be when these settings have taken the place of those that the user's file has for the
 * profile, which need not be there yet. What an administrator enforces stays.
 * @throws GatewayError CONFIG_*
 */
export function plannedContext(context: Context, settings: Flags & { readonly profile: string }): Context {
  const { options, env } = context
  const flags = { ...options.flags, ...settings }
  const config = resolveConfig(flags, env, withoutSetup(readConfigFiles(context), settings.profile))
  return { ...context, options: { ...options, flags }, config: () => config }
}

/** The context of a profile as it stands in the files by now, without what options say of it. @throws GatewayError CONFIG_* */
export function writtenContext(context: Context, profile: string): Context {
  const { options, env } = context
  const { upstream: _upstream, credential: _credential, ...others } = options.flags
  const flags = { ...others, profile }
  const config = resolveConfig(flags, env, readConfigFiles(context))
  return { ...context, options: { ...options, flags }, config: () => config }
}

/** Whether the settings of a profile stand at the top of the user's file: those of `default` do, as `config set` has it. */
export function isAtTop({ user }: ConfigFiles, profile: string): boolean {
  return profile === SCHEMA.profile.default && user?.profiles.has(profile) !== true
}

function withoutSetup(files: ConfigFiles, profile: string): ConfigFiles {
  const { path = '', top = [], profiles = new Map() }: Partial<FileSettings> = files.user ?? {}
  const kept = (settings: FileSettings['top']) =>
    settings.filter(({ key }) => !SETUP_KEYS.some((name) => name === key))
  if (isAtTop(files, profile)) return { ...files, user: { path, top: kept(top), profiles } }
  const own = kept(profiles.get(profile) ?? [])
  return { ...files, user: { path, top, profiles: new Map([...profiles, [profile, own]]) } }
}
