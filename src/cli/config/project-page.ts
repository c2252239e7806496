import type { FileSettings } from '../../config/file-settings.ts'
import type { Setting } from '../../config/setting.ts'
import { settingName } from '../../config/setting.ts'
import { parseReference } from '../../credentials/reference.ts'
import type { Palette } from '../output.ts'
import { escapeControls } from '../output.ts'
import type { Row } from '../text/table.ts'
import { layOut, renderRow } from '../text/table.ts'
import { settingText } from './setting-text.ts'
import { visibleName } from './visible-value.ts'

interface NamedSetting {
  readonly name: string
  readonly setting: Setting
}

/** Who sets these decides where prompts and keys go, and who can read them there. */
const WEIGHTY: readonly string[] = [
  'profile',
  'upstream',
  'proxy',
  'allowHttp',
  'tls.ca',
  'claude.command',
  'auth',
]
const COLUMNS = [{ title: 'KEY', alignsUpTo: 60 }, { title: 'VALUE', alignsUpTo: 60 }, { title: 'LINE' }]
const SHOWN_NAMES = 8

/**
 * All that a project file would set, for the person who shall trust it: nothing is left out or cut, and what weighs
 * most is named once more at the end, as it could be far above.
 */
export function projectPage(file: FileSettings, hasChanged: boolean, palette: Palette): string {
  const settings = namedSettings(file)
  const change = hasChanged ? ' has changed since you trusted it, and' : ''
  const title = `${file.path}${change} would set${settings.length === 0 ? ' nothing' : ':'}`
  const rows = settings.map((named) => toRow(named, palette))
  const layout = layOut(COLUMNS, rows, Number.POSITIVE_INFINITY)
  const lines = rows.map((row) => `  ${renderRow(layout, row)}`)
  return [`claude-gw: ${escapeControls(title)}`, ...lines, ...warning(settings, palette), ''].join('\n')
}

function namedSettings({ top, profiles }: FileSettings): NamedSetting[] {
  const named = (settings: readonly Setting[], prefix: string) =>
    settings.map((setting) => ({ name: prefix + settingName(setting), setting }))
  return [
    ...named(top, ''),
    ...[...profiles].flatMap(([profile, settings]) => named(settings, `profiles.${profile}.`)),
  ]
}

function toRow({ name, setting }: NamedSetting, { yellow, dim }: Palette): Row {
  const paint = isWeighty(setting) ? { paint: yellow } : {}
  const line = /\d+$/.exec(setting.origin)?.[0]
  return [
    { forms: [escapeControls(visibleName(name))], ...paint },
    { forms: [escapeControls(settingText(setting, setting, 'judge'))], ...paint },
    { forms: [`line ${line}`], paint: dim },
  ]
}

function warning(settings: readonly NamedSetting[], { yellow }: Palette): string[] {
  const names = settings.filter(({ setting }) => isWeighty(setting)).map(({ name }) => `\`${name}\``)
  if (names.length === 0) return []
  const rest = names.length > SHOWN_NAMES ? [`${names.length - SHOWN_NAMES} more`] : []
  const list = escapeControls([...names.slice(0, SHOWN_NAMES), ...rest].join(', '))
  return [yellow(`claude-gw: look above all at ${list}: where your prompts and keys go, and what is run`)]
}

/** Any reference weighs: it reads a secret of the user, and may run a command for that. */
function isWeighty({ key, value }: Setting): boolean {
  if (key === 'tags') return false
  return WEIGHTY.includes(key) || parseReference(String(value)) !== undefined
}
