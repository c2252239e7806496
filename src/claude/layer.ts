import type { JsonObject } from '../json/object.ts'
import { isJsonObject } from '../json/object.ts'

/** Highest first: managed beats `--settings`, that beats the files of the project, those the user's. */
export type SettingsScope = 'managed' | 'argument' | 'local' | 'project' | 'user'

/** One source of Claude Code's settings, https://code.claude.com/docs/en/settings. */
export interface SettingsLayer {
  readonly scope: SettingsScope
  /** File path, registry key, or `--settings`. */
  readonly origin: string
  /** The whole settings, as they stand there; empty if unreadable. */
  readonly document: JsonObject
  readonly env: Readonly<Record<string, string>>
  readonly apiKeyHelper?: string
  /** That Claude Code begins with. */
  readonly model?: string
  readonly forceLoginMethod?: string
  /** One organization or several, as JSON where it is no plain text. */
  readonly forceLoginOrgUUID?: string
  /** Why the source, which exists, could not be read. */
  readonly unreadable?: string
}

/** A layer from its JSON text; one that is unreadable where the text is no JSON object. A byte order mark is tolerated. */
export function parseLayer(scope: SettingsScope, origin: string, text: string): SettingsLayer {
  try {
    const document: unknown = JSON.parse(text.replace(/^\uFEFF/, '') || '{}')
    if (!isJsonObject(document)) return unreadableLayer(scope, origin, 'it is no JSON object')
    return createLayer(scope, origin, document)
  } catch {
    return unreadableLayer(scope, origin, 'it is no valid JSON')
  }
}

export function unreadableLayer(scope: SettingsScope, origin: string, reason: string): SettingsLayer {
  return { scope, origin, document: {}, env: {}, unreadable: reason }
}

/** A policy that a program computes is as good as unreadable: what it will say is known to Claude Code only. */
function createLayer(scope: SettingsScope, origin: string, document: JsonObject): SettingsLayer {
  const hasPolicyHelper =
    scope === 'managed' && ['policyHelper', 'policyHelpers'].some((key) => document[key])
  return {
    scope,
    origin,
    document,
    env: readEnv(document['env']),
    ...readTexts(document),
    ...(hasPolicyHelper && { unreadable: 'its policyHelper computes settings that are not known here' }),
  }
}

function readEnv(value: unknown): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return {}
  const scalars = Object.entries(value).filter(([, item]) =>
    ['string', 'number', 'boolean'].includes(typeof item),
  )
  return Object.fromEntries(scalars.map(([name, item]) => [name, String(item)]))
}

function readTexts(document: JsonObject): Partial<SettingsLayer> {
  const keys = ['apiKeyHelper', 'model', 'forceLoginMethod', 'forceLoginOrgUUID'] as const
  const present = keys.filter((key) => document[key] !== undefined && document[key] !== null)
  return Object.fromEntries(present.map((key) => [key, toText(document[key])]))
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
