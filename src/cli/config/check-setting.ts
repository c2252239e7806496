import { accessSync, constants, statSync } from 'node:fs'
import { GatewayError, reasonOf } from '../../base/errors.ts'
import { fromHome } from '../../base/home-path.ts'
import type { Config } from '../../config/config.ts'
import { resolveConfig } from '../../config/config.ts'
import type { ConfigFiles } from '../../config/config-files.ts'
import type { ConfigKey } from '../../config/schema.ts'
import { SCHEMA } from '../../config/schema.ts'
import { selectProfile } from '../../config/selected-profile.ts'
import type { SettingName } from '../../config/setting-name.ts'
import { parseReference, REFERENCE_FORMS } from '../../credentials/reference.ts'
import { parseUpstream } from '../../network/url.ts'
import type { Context } from '../context.ts'
import { openAnswerRules } from '../policies/answer-rules.ts'
import { openPatternDetectors } from '../policies/detect-rules.ts'
import { openMaskRules } from '../policies/mask-rules.ts'
import { openPatterns } from '../policies/redaction.ts'
import { resolveSetting } from './setting-obstacles.ts'

const ORIGIN = 'config'

/**
 * Checks of a value what only the user of it would find: that an upstream and a reference are some, and that a profile,
 * a price file and those of TLS are there.
 * @param files undefined where they cannot be read
 * @throws GatewayError CONFIG_BAD_VALUE, CONFIG_BAD_SETTING, CONFIG_UNKNOWN_PROFILE
 */
export async function checkSetting(
  name: SettingName,
  value: string,
  { env, home }: Pick<Context, 'env' | 'home'>,
  files: ConfigFiles | undefined,
): Promise<void> {
  const { key } = name
  if (key === 'profile' && files) selectProfile([{ key, value, origin: ORIGIN }], files)
  if (key === 'upstream') {
    const values = files && resolveSetting(name, env, files)?.values
    parseUpstream(value, values?.allowHttp ?? true, ORIGIN)
  }
  if (key === 'credential') checkReference(name, value, `\`auto\`, \`passthrough\`, ${REFERENCE_FORMS}`)
  if (key === 'log.redact' || key === 'policies.guard.deny' || key === 'policies.guard.flag')
    await openPatterns(SCHEMA[key].kind.parse(value) ?? [], key, ORIGIN)
  if (key === 'prices' && value !== '') await checkPriceFile(value, home)
  if ((key === 'tls.ca' || key === 'tls.cert' || key === 'tls.key') && value !== '')
    refuseUnreadable(key, fromHome(value, home))
  if (key === 'policies.patterns') await openPatternDetectors(changed(name, value, env, files))
  if (key === 'policies.mask.detect') await openMaskRules(changed(name, value, env, files))
  if (key === 'policies.answer.detect') await openAnswerRules(changed(name, value, env, files))
  if (
    key === 'tls.passphrase' ||
    key === 'policies.limits.storeCredential' ||
    key === 'serve.metricsCredential'
  )
    checkReference(name, value, REFERENCE_FORMS)
}

/** The configuration as it is to be: a list may name what another key says. */
function changed(
  name: SettingName,
  value: string,
  env: Context['env'],
  files: ConfigFiles | undefined,
): Pick<Config, 'values' | 'origins'> {
  const { key, entry } = name
  const { values, origins } = (files && resolveSetting(name, env, files)) ?? resolveConfig({}, {})
  const item = entry === undefined ? SCHEMA[key].kind.parse(value) : { [entry]: value }
  return { values: { ...values, [key]: item }, origins: { ...origins, [key]: ORIGIN } }
}

async function checkPriceFile(path: string, home: string): Promise<void> {
  const { readPriceFile } = await import('../../config/price-file.ts')
  try {
    readPriceFile(path, home)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const remedy = 'mend the file and set it then; the README has the format'
    throw new GatewayError('CONFIG_BAD_SETTING', { fault: error.message, remedy }, error)
  }
}

function refuseUnreadable(key: ConfigKey, path: string): void {
  try {
    accessSync(path, constants.R_OK)
    if (statSync(path).isDirectory()) throw new Error('it is a folder')
  } catch (error) {
    const fault = `config: \`${key}\` must be a file that can be read, not ${path} (${reasonOf(error)})`
    throw new GatewayError(
      'CONFIG_BAD_SETTING',
      { fault, remedy: 'put the file there and set it then' },
      error,
    )
  }
}

function checkReference({ names }: SettingName, value: string, expected: string): void {
  if (parseReference(value)) return
  const key = names.join('.')
  throw new GatewayError('CONFIG_BAD_VALUE', { origin: ORIGIN, key, expected, value: 'what you gave' })
}
