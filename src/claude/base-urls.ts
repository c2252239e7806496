import type { ClaudePlaces } from './places.ts'
import { readSettings } from './settings.ts'

/**
 * Every base URL that Claude Code may use in a folder: that of its environment, and those of all its settings. Which one
 * wins is not decided here. It asks its helper before it applies the settings of a project (measured on 2.1.197 and
 * 2.1.329), so its environment alone does not tell.
 */
export async function baseUrlsInSight(
  places: ClaudePlaces,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const layers = await readSettings(places, {})
  const urls = [env, ...layers.map((layer) => layer.env)].flatMap(
    (variables) => variables['ANTHROPIC_BASE_URL'] || [],
  )
  return [...new Set(urls)]
}
