import { GatewayError, reasonOf } from '../../base/errors.ts'
import { parseSize } from '../../base/size.ts'
import { SCHEMA } from '../../config/schema.ts'
import type { LogFile, PrunePlan, Retention } from '../../log/retention.ts'
import { deleteFiles, planPrune } from '../../log/retention.ts'
import type { Context } from '../context.ts'
import { escapeControls, print } from '../output.ts'
import { logFolders, retentionOf } from '../session/upkeep.ts'
import { shortSize } from '../text/quantity.ts'

export interface LogsPruneInput {
  readonly isDryRun: boolean
  /** In place of `log.retention.days`. */
  readonly days?: number
  /** In place of `log.retention.bytes`: `200MB`. */
  readonly bytes?: string
}

/**
 * `claude-gw logs prune`: deletes what is older or more than the limits, as every `run` and `serve` does by itself.
 * @returns the exit code @throws GatewayError USAGE, LOG_UNREADABLE
 */
export async function logsPrune(context: Context, input: LogsPruneInput): Promise<number> {
  const limits = limitsOf(context, input)
  const plan = await readPlan(context, limits)
  const list = plan.doomed.map(
    ({ path, bytes }) => `${shortSize(bytes).padStart(7)}  ${escapeControls(path)}\n`,
  )
  await print(context.stdout, list.join(''))
  const failures = input.isDryRun ? [] : await deleteFiles(plan.doomed)
  for (const [file, error] of failures)
    context.stderr.write(`claude-gw: ${escapeControls(file.path)} stays: ${reasonOf(error)}\n`)
  if (!context.options.isQuiet) context.stderr.write(`${summary(plan, limits, input.isDryRun)}\n`)
  return failures.length > 0 ? 1 : 0
}

function limitsOf(context: Context, { days, bytes }: LogsPruneInput): Retention {
  const configured = retentionOf(context.config().values)
  if (days !== undefined && !(Number.isInteger(days) && days >= 0))
    throw new GatewayError('USAGE', { reason: '`--days` must be a whole number, 0 or more' })
  const size = bytes === undefined ? configured.bytes : parseSize(bytes)
  if (size === undefined)
    throw new GatewayError('USAGE', { reason: `\`--bytes ${bytes}\`: give a size such as 200MB` })
  return { days: days ?? configured.days, bytes: size }
}

async function readPlan(context: Context, limits: Retention): Promise<PrunePlan> {
  const folders = logFolders(context)
  try {
    return await planPrune(folders, limits, Date.now())
  } catch (error) {
    throw new GatewayError('LOG_UNREADABLE', { path: folders.traffic, reason: reasonOf(error) }, error)
  }
}

function summary({ doomed, kept }: PrunePlan, { days, bytes }: Retention, isDryRun: boolean): string {
  const what = isDryRun ? 'would be deleted' : 'deleted'
  const kind = `limits: ${days} day${days === 1 ? '' : 's'}, ${SCHEMA['log.retention.bytes'].kind.write(bytes)}`
  const over = sizeOf(kept) > bytes ? '; today’s files are never deleted' : ''
  return `${amount(doomed)} ${what}, ${amount(kept)} kept (${kind}${over})`
}

function amount(files: readonly LogFile[]): string {
  return `${files.length} file${files.length === 1 ? '' : 's'} with ${shortSize(sizeOf(files))}`
}

function sizeOf(files: readonly LogFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}
