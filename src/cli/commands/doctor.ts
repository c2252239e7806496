import { resolveTags } from '../../config/tags.ts'
import { noteWait } from '../../credentials/wait-notice.ts'
import type { Check, Cost } from '../../doctor/check.ts'
import { examine } from '../../doctor/examination.ts'
import { upstreamChecks } from '../../doctor/upstream/checks.ts'
import { createSupply } from '../../gateway/supply.ts'
import type { UpstreamAgent } from '../../network/agent.ts'
import { createUpstreamAgent } from '../../network/agent.ts'
import { readClaudeState } from '../claude-state.ts'
import type { Context } from '../context.ts'
import { examinationJson } from '../examination-json.ts'
import { reportLines, summaryLines } from '../examination-page.ts'
import { modelsInUse } from '../models-in-use.ts'
import { openPalette, print } from '../output.ts'
import { findProxy } from '../proxy.ts'
import { rememberedFeatures } from '../remembered-features.ts'
import { openSecrets } from '../secrets.ts'
import { resolveUpstream } from '../upstream.ts'
import { createAsk } from '../upstream-ask.ts'

export interface DoctorInput {
  readonly isOffline: boolean
  /** Also asks what costs tokens. */
  readonly isLive: boolean
  /** Also what takes minutes. */
  readonly isSlow: boolean
  readonly isJson: boolean
  /** The model that is asked, instead of those in use. */
  readonly model?: string | undefined
}

/**
 * `claude-gw doctor`: looks at this machine and at the upstream, and says what is wrong and what mends it.
 * @returns 0 where nothing failed, else 1 @throws GatewayError of the configuration and of the credential
 */
export async function doctor(context: Context, input: DoctorInput): Promise<number> {
  const { stdout, stderr, options } = context
  const { checks, agent, name } = await openChecks(context, input)
  const palette = await openPalette(context, stdout)
  if (!input.isJson && !options.isQuiet) stderr.write(`claude-gw: ${announcement(name, input)}\n`)
  try {
    const reports = await examine(checks, {
      costs: costsOf(input),
      onReport: (report) => {
        if (!input.isJson) stdout.write(`${reportLines(report, palette)}\n`)
      },
    })
    await print(
      stdout,
      input.isJson ? `${examinationJson(name, reports)}\n` : `\n${summaryLines(reports, palette)}\n`,
    )
    const note = rememberedFeatures(context, name, reports)
    if (note && !input.isJson && !options.isQuiet) stderr.write(`claude-gw: ${note}\n`)
    return reports.some(({ finding }) => finding.verdict === 'fail') ? 1 : 0
  } finally {
    agent.destroy()
  }
}

interface OpenChecks {
  readonly checks: readonly Check[]
  readonly agent: UpstreamAgent
  /** Of the upstream. */
  readonly name: string
}

async function openChecks(context: Context, input: DoctorInput): Promise<OpenChecks> {
  const config = context.config()
  const claude = await readClaudeState(context)
  const upstream = resolveUpstream(config, claude)
  const tags = resolveTags(config.values.tags, {})
  const secrets = await openSecrets(context, {
    upstream,
    claude,
    mayUseApiKey: true,
    tags,
    onWait: noteWait(context),
  })
  const connectMs = config.values['timeouts.connect']
  const proxy = findProxy(context, upstream, claude)
  const agent = createUpstreamAgent(upstream, { tls: secrets.tls, proxy, connectMs })
  const supply = createSupply(secrets.credentials, secrets.extraHeaders)
  const ask = createAsk({ upstream, agent, supply, configured: secrets.authStyle, connectMs })
  const models = modelsInUse(config, claude, input.model)
  const checks = upstreamChecks({ ask, upstream, isProxied: proxy !== undefined, models, nowMs: Date.now })
  return { checks, agent, name: upstream.name }
}

function costsOf({ isOffline, isLive, isSlow }: DoctorInput): ReadonlySet<Cost> {
  const costs: Cost[] = ['nothing']
  if (!isOffline) costs.push('requests')
  if (isLive || isSlow) costs.push('tokens')
  if (isSlow) costs.push('minutes')
  return new Set(costs)
}

/** What it is going to cost, before it does. */
function announcement(upstream: string, { isOffline, isLive, isSlow }: DoctorInput): string {
  if (isOffline) return 'asks nothing of the upstream'
  const free = `asks ${upstream} about 15 times, without spending tokens; the largest request has 31 MB`
  if (isSlow) return `${free}; then for some answers, of about 5,000 tokens, which takes minutes`
  return isLive ? `${free}; then for some answers, of about 600 tokens` : free
}
