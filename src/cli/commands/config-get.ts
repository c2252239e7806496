import type { Config } from '../../config/config.ts'
import { resolveProfile } from '../../config/config.ts'
import { readConfigFiles } from '../../config/files.ts'
import type { ConfigEntry } from '../../config/merge.ts'
import { isSameSetting } from '../../config/merge.ts'
import { keyOf } from '../../config/schema.ts'
import type { SettingName } from '../../config/setting-name.ts'
import { parseSettingName } from '../../config/setting-name.ts'
import { jsonText, toConfigJson } from '../config/config-json.ts'
import { settingJson, settingText } from '../config/setting-text.ts'
import { HIDDEN, visibleName } from '../config/visible-value.ts'
import { tellConfigNotes } from '../config-notes.ts'
import type { Context } from '../context.ts'
import { escapeControls, print } from '../output.ts'

export interface ConfigGetInput {
  /** `upstream`, `tags`, `tags.project`, `profiles.work.upstream`. */
  readonly key: string
  readonly isJson: boolean
}

/**
 * The value that counts for a key, whatever layer it comes from; of a map as JSON. Below `profiles` the value that
 * counts in that profile.
 * @returns the exit code; 1 where there is no value
 * @throws GatewayError CONFIG_*
 */
export async function configGet(context: Context, { key, isJson }: ConfigGetInput): Promise<number> {
  const name = parseSettingName(key)
  const entries = configFor(context, name).entries.filter((entry) => isAbout(entry, name))
  const isMap = name.entry === undefined && keyOf(name.key).kind.entries !== undefined
  if (isMap) return printMap(context, entries, isJson)
  const [entry] = entries
  if (!entry) return tellNone(context, `there is no \`${visibleName(key)}\``)
  return isJson ? printJson(context, toConfigJson(entry)) : printValue(context, entry)
}

function configFor(context: Context, { profile }: SettingName): Config {
  if (profile === undefined) return context.config()
  const { env, options, stderr } = context
  const config = resolveProfile(profile, options.flags, env, readConfigFiles(context))
  tellConfigNotes(config, stderr, options)
  return config
}

function isAbout(entry: ConfigEntry, { key, entry: part }: SettingName): boolean {
  if (part === undefined) return entry.key === key
  return isSameSetting(entry, { key, entry: part, value: undefined, origin: '' })
}

function printMap(context: Context, entries: readonly ConfigEntry[], isJson: boolean): Promise<number> {
  if (isJson) return printJson(context, entries.map(toConfigJson))
  const members = entries.map((entry) => [visibleName(entry.entry ?? ''), settingJson(entry, entry)])
  tellHidden(context, members, entries)
  return printText(context, JSON.stringify(Object.fromEntries(members)))
}

function printValue(context: Context, entry: ConfigEntry): Promise<number> | number {
  const text = settingText(entry, entry)
  tellHidden(context, text, [entry])
  if (settingJson(entry, entry) !== null) return printText(context, text)
  return tellNone(context, `\`${entry.name}\` is not set; what is used then: ${text.slice(1, -1)}`)
}

async function printJson({ stdout }: Context, value: unknown): Promise<number> {
  await print(stdout, jsonText(value, stdout))
  return 0
}

async function printText({ stdout }: Context, text: string): Promise<number> {
  await print(stdout, `${stdout.isTTY ? escapeControls(text) : text}\n`)
  return 0
}

/** Where it can be looked at by who needs it. */
function tellHidden({ stderr, options }: Context, shown: unknown, entries: readonly ConfigEntry[]): void {
  if (options.isQuiet || !JSON.stringify(shown).includes(HIDDEN)) return
  const places = [...new Set(entries.map(({ origin }) => origin))].join(', ')
  stderr.write(`claude-gw: what may be a secret is not shown; it stands in ${escapeControls(places)}\n`)
}

function tellNone({ stderr, options }: Context, line: string): number {
  if (!options.isQuiet) stderr.write(`claude-gw: ${line}\n`)
  return 1
}
