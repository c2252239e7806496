import { GatewayError } from '../../base/errors.ts'
import type { Check, Cost } from '../../doctor/check.ts'
import type { Report } from '../../doctor/examination.ts'
import { examine } from '../../doctor/examination.ts'
import type { Context } from '../context.ts'
import { openCheckProgress } from '../examination/check-progress.ts'
import { readCircumstances } from '../examination/circumstances.ts'
import { examinationJson } from '../examination/examination-json.ts'
import { reportLines, summaryLines } from '../examination/examination-page.ts'
import { localChecks } from '../examination/local-checks.ts'
import { remediesFor } from '../examination/profile-remedies.ts'
import { rememberedFeatures } from '../examination/remembered-features.ts'
import { openUpstreamExamination } from '../examination/upstream-examination.ts'
import { openPalette, print } from '../output.ts'

export interface DoctorInput {
  readonly isOffline: boolean
  /** Also asks what costs tokens. */
  readonly isLive: boolean
  /** Also what takes minutes. */
  readonly isSlow: boolean
  readonly isJson: boolean
  /** The model that is asked, instead of those in use. */
  readonly model?: string | undefined
  /** Ids of the checks, parted by commas, instead of all. */
  readonly only?: string | undefined
}

/**
 * `claude-gw doctor`: looks at this machine and at the upstream, and says what is wrong and what mends it. What cannot
 * be read is one of its findings.
 * @returns 0 where nothing failed, else 1 @throws GatewayError USAGE
 */
export async function doctor(context: Context, input: DoctorInput): Promise<number> {
  if (input.isOffline && (input.isLive || input.isSlow))
    throw new GatewayError('USAGE', { reason: '`--offline` does not go together with `--live` and `--slow`' })
  const circumstances = await readCircumstances(context)
  const name = circumstances.upstream.isKnown ? circumstances.upstream.value.name : undefined
  const upstream = await openUpstreamExamination(context, circumstances, input.model)
  try {
    const all = [...(await localChecks(context, circumstances)), ...upstream.checks]
    const chosen = input.only === undefined ? all : choose(all, input.only)
    const checks = remediesFor(context.options.flags.profile, chosen)
    tell(context, announcement(name, checks, input), input)
    const reports = await report(context, checks, input)
    const text = input.isJson ? examinationJson(name, reports) : await summary(context, reports)
    await print(context.stdout, `${text}\n`)
    const note = name === undefined ? undefined : rememberedFeatures(context, name, reports)
    if (note !== undefined) tell(context, note, input)
    return reports.some(({ finding }) => finding.verdict === 'fail') ? 1 : 0
  } finally {
    upstream.close()
  }
}

function choose(checks: readonly Check[], only: string): readonly Check[] {
  const ids = only.split(',').map((id) => id.trim())
  const unknown = ids.find((id) => !checks.some((check) => check.id === id))
  if (unknown === undefined) return checks.filter(({ id }) => ids.includes(id))
  const reason = `there is no check \`${unknown}\`; there are ${checks.map(({ id }) => id).join(', ')}`
  throw new GatewayError('USAGE', { reason })
}

function tell({ stderr, options }: Context, text: string, { isJson }: DoctorInput): void {
  if (!isJson && !options.isQuiet) stderr.write(`claude-gw: ${text}\n`)
}

/** What it is going to cost, before it does. */
function announcement(
  upstream: string | undefined,
  checks: readonly Check[],
  { isOffline, isLive, isSlow }: DoctorInput,
): string {
  const asks = (wanted: Cost) => checks.some(({ cost }) => cost === wanted)
  if (isOffline || upstream === undefined || !checks.some(({ cost }) => cost !== 'nothing'))
    return 'asks nothing of the upstream'
  const size = checks.some(({ id }) => id === 'size') ? '; the largest request has 31 MB' : ''
  const free = `asks ${upstream} some requests that spend no tokens${size}`
  if (isSlow && asks('minutes'))
    return `${free}; then for some answers, of about 5,000 tokens, which takes minutes`
  return isLive && asks('tokens') ? `${free}; then for some answers, of about 600 tokens` : free
}

async function report(
  context: Context,
  checks: readonly Check[],
  input: DoctorInput,
): Promise<readonly Report[]> {
  const { stdout } = context
  const palette = await openPalette(context, stdout)
  const progress = openCheckProgress(context)
  return examine(checks, {
    costs: costsOf(input),
    onBegin: ({ title }) => progress.begin(title),
    onReport: async (found) => {
      progress.end()
      if (!input.isJson) await print(stdout, `${reportLines(found, palette)}\n`)
    },
  })
}

async function summary(context: Context, reports: readonly Report[]): Promise<string> {
  return `\n${summaryLines(reports, await openPalette(context, context.stdout))}`
}

function costsOf({ isOffline, isLive, isSlow }: DoctorInput): ReadonlySet<Cost> {
  const costs: Cost[] = ['nothing']
  if (!isOffline) costs.push('requests')
  if (isLive || isSlow) costs.push('tokens')
  if (isSlow) costs.push('minutes')
  return new Set(costs)
}
