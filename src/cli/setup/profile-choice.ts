import { GatewayError } from '../../base/errors.ts'
import type { ConfigFiles } from '../../config/config-files.ts'
import { readConfigFiles } from '../../config/files.ts'
import { environmentName, SCHEMA } from '../../config/schema.ts'
import { visibleValue } from '../config/visible-value.ts'
import type { Context } from '../context.ts'
import { isAtTop, SETUP_KEYS } from './planned-context.ts'
import { askText, askYes } from './prompt.ts'

/** How far `init` may go by itself. */
export interface Freedom {
  /** Whether there is a person to ask, who wants to be. */
  readonly mayAsk: boolean
  /** Whether what is there already is replaced without a question. */
  readonly isForced: boolean
}

/** The profile that is set up, and where it stands in the user's file. */
export interface ChosenProfile {
  readonly name: string
  /** Before each key: empty at the top of the file, else `profiles.work.`. */
  readonly prefix: string
  /** Whether it is the one in use where nobody names one. */
  readonly isUsual: boolean
  /** What it has so far. */
  readonly upstream: string | undefined
  readonly credential: string | undefined
}

/** The profile of `--profile`, else one that a person names; offered is the one in use. @throws GatewayError LOGIN_CANCELLED, INIT_EXISTS, CONFIG_* */
export async function chooseProfile(context: Context, freedom: Freedom): Promise<ChosenProfile> {
  const files = readConfigFiles(context)
  const given = context.options.flags.profile
  const usual = usualName(context, files)
  const isAsked = given === undefined && freedom.mayAsk
  for (;;) {
    const name = isAsked ? await askName(context, files, usual) : checkedName(given ?? usual)
    const existing = whatIsThere(files, name)
    if (existing === undefined || freedom.isForced || (await mayReplace(context, existing, freedom)))
      return {
        name,
        isUsual: name === usual,
        prefix: isAtTop(files, name) ? '' : `profiles.${name}.`,
        upstream: textOf(files, name, 'upstream'),
        credential: textOf(files, name, 'credential'),
      }
    if (!isAsked) throw new GatewayError('LOGIN_CANCELLED')
  }
}

/** The one that is chosen by a variable or by the user's file, whether it is there yet or not. */
function usualName({ env }: Context, { user }: ConfigFiles): string {
  const chosen = user?.top.find(({ key }) => key === 'profile')
  return env[environmentName('profile')] || String(chosen?.value ?? SCHEMA.profile.default)
}

function askName(context: Context, { user }: ConfigFiles, usual: string): Promise<string> {
  const known = [...(user?.profiles.keys() ?? [])]
  const message = `Name of the profile${known.length > 0 ? ` (there are ${known.join(', ')})` : ''}`
  return askText(context, message, usual, (text) =>
    isName(text) ? undefined : `it must be ${SCHEMA.profile.kind.expected}`,
  )
}

function checkedName(name: string): string {
  if (isName(name)) return name
  throw new GatewayError('CONFIG_BAD_VALUE', {
    origin: 'init',
    key: 'profile',
    expected: SCHEMA.profile.kind.expected,
    value: `"${name}"`,
  })
}

function isName(text: string): boolean {
  return SCHEMA.profile.kind.parse(text) !== undefined
}

/** In words; undefined for a profile of which the user's file says nothing that would be replaced. */
function whatIsThere(files: ConfigFiles, name: string): string | undefined {
  const found = setupOf(files, name).map(
    ({ key, value }) => `${key} ${visibleValue(String(value), { key }, 'anybody')}`,
  )
  return found.length > 0 ? `a profile \`${name}\` (${found.join(', ')}, in ${files.user?.path})` : undefined
}

async function mayReplace(context: Context, existing: string, { mayAsk }: Freedom): Promise<boolean> {
  if (!mayAsk) throw new GatewayError('INIT_EXISTS', { what: existing })
  return askYes(context, `There is already ${existing}. Replace it?`)
}

function textOf(files: ConfigFiles, name: string, wanted: 'upstream' | 'credential'): string | undefined {
  const setting = setupOf(files, name).find(({ key }) => key === wanted)
  return setting && String(setting.value)
}

function setupOf(files: ConfigFiles, name: string) {
  const settings = isAtTop(files, name) ? files.user?.top : files.user?.profiles.get(name)
  return (settings ?? []).filter(({ key }) => SETUP_KEYS.some((one) => one === key))
}
