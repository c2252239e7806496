import { jsonText, toConfigJson } from '../config/config-json.ts'
import { CONFIG_COLUMNS, configRows } from '../config/config-table.ts'
import { mixedOrigins } from '../config/mixed-origins.ts'
import type { Context } from '../context.ts'
import { escapeControls, openPalette, print } from '../output.ts'
import { layOut, renderRow, titlesOf } from '../text/table.ts'

export interface ConfigListInput {
  readonly hasOrigin: boolean
  readonly isJson: boolean
}

/**
 * Every key with its value, and where it comes from: a table that fits on a terminal and is whole elsewhere, or JSON.
 * @throws GatewayError CONFIG_*
 */
export async function configList(context: Context, { hasOrigin, isJson }: ConfigListInput): Promise<number> {
  const { stdout } = context
  const { entries } = context.config()
  await print(
    stdout,
    isJson ? jsonText(entries.map(toConfigJson), stdout) : await toTable(context, hasOrigin),
  )
  if (hasOrigin && !isJson) tellMixed(context)
  return 0
}

function tellMixed({ config, stderr, options }: Context): void {
  if (options.isQuiet) return
  for (const line of mixedOrigins(config())) stderr.write(`claude-gw: ${escapeControls(line)}\n`)
}

async function toTable(context: Context, hasOrigin: boolean): Promise<string> {
  const { stdout } = context
  const palette = await openPalette(context, stdout)
  const columns = hasOrigin ? CONFIG_COLUMNS : CONFIG_COLUMNS.slice(0, 2)
  const rows = context
    .config()
    .entries.flatMap((entry) => configRows(hasOrigin ? entry : { ...entry, shadowed: [] }, palette))
  const layout = layOut(columns, rows, stdout.isTTY ? stdout.columns || 80 : Number.POSITIVE_INFINITY)
  const titles = stdout.isTTY ? [titlesOf(columns, palette.dim)] : []
  return [...titles, ...rows].map((row) => `${renderRow(layout, row)}\n`).join('')
}
