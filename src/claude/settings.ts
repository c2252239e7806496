import { join, resolve } from 'node:path'
import type { ClaudeArguments } from './arguments.ts'
import type { SettingsLayer, SettingsScope } from './layer.ts'
import { parseLayer, unreadableLayer } from './layer.ts'
import { readManagedLayers } from './managed.ts'
import type { ClaudePlaces } from './places.ts'
import { readLayerFile } from './settings-file.ts'

/**
 * Every settings source that exists, highest first (https://code.claude.com/docs/en/settings). A broken one is
 * there too, marked as unreadable. Never throws.
 */
export async function readSettings(
  places: ClaudePlaces,
  args: Pick<ClaudeArguments, 'settings' | 'settingSources'>,
): Promise<readonly SettingsLayer[]> {
  const files = settingsFiles(places).filter(({ scope }) => args.settingSources?.includes(scope) ?? true)
  const read = files.map(({ scope, path }) => readLayerFile(scope, path))
  return [...(await readManagedLayers(places.managed)), readArgument(places, args.settings), ...read].filter(
    (layer) => layer !== undefined,
  )
}

/** The settings of the folder and of the repository around it, which whoever wrote the repository decides. */
export function readProjectSettings(places: ClaudePlaces): readonly SettingsLayer[] {
  return settingsFiles(places)
    .filter(({ scope }) => scope !== 'user')
    .map(({ scope, path }) => readLayerFile(scope, path))
    .filter((layer) => layer !== undefined)
}

/** Newer versions of Claude Code read the local settings of the repository's root as well, below those of the folder. */
function settingsFiles(places: ClaudePlaces): { readonly scope: SettingsScope; readonly path: string }[] {
  const { configDirectory, projectDirectory, repositoryRoot } = places
  const isInRoot = repositoryRoot === undefined || repositoryRoot === projectDirectory
  const folders = isInRoot ? [projectDirectory] : [projectDirectory, repositoryRoot]
  return [
    ...folders.map((folder) => ({
      scope: 'local' as const,
      path: join(folder, '.claude', 'settings.local.json'),
    })),
    { scope: 'project', path: join(projectDirectory, '.claude', 'settings.json') },
    { scope: 'user', path: join(configDirectory, 'settings.json') },
  ]
}

/** `--settings` takes a JSON text or the path of a file. */
function readArgument(places: ClaudePlaces, settings: string | undefined): SettingsLayer | undefined {
  if (settings === undefined) return undefined
  if (settings.trim().startsWith('{')) return parseLayer('argument', '--settings', settings)
  const path = resolve(places.projectDirectory, settings)
  return readLayerFile('argument', path) ?? unreadableLayer('argument', path, 'there is no such file')
}
