import type { Verdict } from '../../doctor/check.ts'
import { examine } from '../../doctor/examination.ts'
import { upstreamChecks } from '../../doctor/upstream/checks.ts'
import type { Context } from '../context.ts'
import { openPalette } from '../output.ts'
import { modelsInUse } from '../upstream/models-in-use.ts'
import type { OpenAsk } from '../upstream/open-ask.ts'
import { reportLines } from './examination-page.ts'
import { remediesFor } from './profile-remedies.ts'

/** Checks of `doctor` whose findings explain those of the others, and are shown where something is wrong. */
const WAY = ['url', 'dns', 'tls']
/** Those that tell whether a first prompt gets through. */
const FIRST = ['reach', 'redirect', 'credential', 'errors']
/** Of them, those that tell something without a credential: Claude Code's own login is not ours to ask with. */
const WITHOUT_KEY = ['reach', 'redirect']

/**
 * Looks whether an upstream works, and shows it as `doctor` does; costs no tokens.
 * @param shown findings of other verdicts are not
 * @returns whether nothing failed
 */
export async function examineShortly(
  context: Context,
  { ask, config, claude, credentials, upstream, isProxied }: OpenAsk,
  shown: readonly Verdict[] = ['ok', 'warn', 'fail', 'skipped'],
): Promise<boolean> {
  const { stderr } = context
  const ids = [...WAY, ...(credentials.kind === 'passthrough' ? WITHOUT_KEY : FIRST)]
  const models = modelsInUse(config, claude, undefined)
  const checks = upstreamChecks({ ask, upstream, isProxied, models, nowMs: Date.now }).filter(({ id }) =>
    ids.includes(id),
  )
  const palette = await openPalette(context, stderr)
  const reports = await examine(remediesFor(context.options.flags.profile, checks), {
    costs: new Set(['nothing', 'requests']),
    onReport: (report) => {
      const { verdict } = report.finding
      if (WAY.includes(report.id) && verdict !== 'warn' && verdict !== 'fail') return
      if (shown.includes(verdict)) stderr.write(`${reportLines(report, palette)}\n`)
    },
  })
  return reports.every(({ finding }) => finding.verdict !== 'fail')
}
