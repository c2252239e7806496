import type { ConfigEntry } from '../../config/merge.ts'
import type { Palette } from '../output.ts'
import { escapeControls } from '../output.ts'
import type { Cell, Column, Row } from '../text/table.ts'
import { settingText } from './setting-text.ts'
import { visibleName } from './visible-value.ts'

export const CONFIG_COLUMNS: readonly Column[] = [
  { title: 'KEY', alignsUpTo: 60 },
  { title: 'VALUE', shrinksTo: 16, alignsUpTo: 60 },
  { title: 'ORIGIN', shrinksTo: 24 },
]

/** The row of an entry, and below it one for each value that it shadows. */
export function configRows(entry: ConfigEntry, { dim }: Palette): Row[] {
  const { name, origin, isEnforced, shadowed } = entry
  const place = isEnforced ? `${origin} (enforced)` : origin
  const own = [visibleName(name), settingText(entry, entry), place].map((text) => cell(text))
  const losers = shadowed.map((sourced) =>
    ['  shadows', settingText(entry, sourced), sourced.origin].map((text) => cell(text, dim)),
  )
  return [origin === 'default' ? own.map((plain) => ({ ...plain, paint: dim })) : own, ...losers]
}

/** Values may come from files of others: nothing in them moves the cursor. */
function cell(text: string, paint?: Cell['paint']): Cell {
  return { forms: [escapeControls(text)], ...(paint && { paint }) }
}
