import type { Config } from '../../config/config.ts'
import type { Tags } from '../../config/tags.ts'
import { resolveTags } from '../../config/tags.ts'
import { resolveTimeouts } from '../../config/timeouts.ts'
import type { Totals } from '../../exchange/totals.ts'
import { addToTotals, createTotals } from '../../exchange/totals.ts'
import type { Access } from '../../gateway/access.ts'
import { createAccess } from '../../gateway/access.ts'
import type { Gateway } from '../../gateway/gateway.ts'
import { startGateway } from '../../gateway/gateway.ts'
import type { Metrics } from '../../metrics/metrics.ts'
import type { Upstream } from '../../network/url.ts'
import type { Context } from '../context.ts'
import { openConfiguredPolicies } from '../policies/policies.ts'
import { claudeEnvironment } from '../upstream/claude-environment.ts'
import { findProxy } from '../upstream/proxy.ts'
import type { Secrets } from '../upstream/secrets.ts'
import { openSecrets } from '../upstream/secrets.ts'
import type { ClaudeSources } from '../upstream/upstream.ts'
import { configuredUpstream, resolveUpstream } from '../upstream/upstream.ts'
import { ownVersion } from '../version.ts'
import { openIdentity } from './identity.ts'
import { openPrices } from './prices.ts'
import { openSessionLog } from './session-log.ts'

/** One gateway with its log and its sums, as `run` and `serve` have it. */
export interface Session {
  readonly runId: string
  readonly config: Config
  readonly upstream: Upstream
  /** What it would be without the options of this command. */
  readonly configuredUpstream: string
  readonly secrets: Secrets
  readonly access: Access
  readonly gateway: Gateway
  readonly totals: Totals
  /** Trouble with the log, for a line at the end: nothing may be printed while the child owns the terminal. */
  readonly troubles: string[]
  readonly droppedRecords: () => number
  /** What is to be told of limits that are nearly used up. */
  readonly limitWarnings: () => readonly string[]
  /** The last exchange of a session of Claude Code so far. */
  readonly last: () => LastExchange | undefined
}

export interface LastExchange {
  /** Milliseconds since the epoch. */
  readonly endedMs: number
  readonly sessionId: string
}

export interface SessionOptions {
  readonly port: number
  /** Taken over from an earlier gateway; new when absent or of the wrong kind. */
  readonly access?: Access
  readonly claude: ClaudeSources
  readonly mayUseApiKey: boolean
  /** Whether others may read what the gateway does. */
  readonly hasMetrics?: boolean
  /** Tells a person which look-up is waited for; absent where the terminal is the child's. */
  readonly onWait?: (reference: string) => void
  /** Tells what goes wrong without disturbing an exchange as soon as it does; absent where the terminal is the child's. */
  readonly onTrouble?: (reason: string) => void
  /** Labels of the records, under those of the configuration. */
  readonly findTags: () => Tags
}

/**
 * Opens the gateway of a run.
 * @throws GatewayError of the configuration, of a credential that is known to be missing, or LISTEN_FAILED
 */
export async function openSession(context: Context, options: SessionOptions): Promise<Session> {
  const config = context.config()
  const upstream = resolveUpstream(config, options.claude)
  const findTags = () => resolveTags(config.values.tags, options.findTags())
  const tags = findTags()
  const secrets = await openSecrets(context, { ...options, upstream, tags })
  secrets.check()
  const kind = secrets.credentials.kind === 'inject' ? 'token' : 'path'
  const access = options.access?.kind === kind ? options.access : createAccess(kind)
  const totals = createTotals()
  const troubles: string[] = []
  let last: LastExchange | undefined
  const onTrouble = (reason: string) => {
    troubles.push(reason)
    options.onTrouble?.(reason)
  }
  const log = await openSessionLog(context, config, onTrouble)
  const identity = openIdentity(context, { upstream: upstream.name, tags })
  const prices = await openPrices(context, config)
  const proxy = findProxy(context, upstream, options.claude)
  const metrics = options.hasMetrics
    ? await openMetrics(identity.profile, () => gateway.openCount())
    : undefined
  const readerToken = metrics && (await secrets.readerToken())
  // From here on there may be a connection to a store of limits, which would keep the process.
  const policies = await openConfiguredPolicies(context, config, {
    identity,
    prices,
    secrets,
    findTags,
    onTrouble,
  })
  const gateway: Gateway = await startGateway({
    port: options.port,
    upstream,
    tls: secrets.tls,
    proxy,
    access,
    credentials: secrets.credentials,
    authStyle: secrets.authStyle,
    extraHeaders: secrets.extraHeaders,
    aliases: config.values['models.aliases'],
    maxBodyBytes: config.values.maxBodyBytes,
    timeouts: resolveTimeouts(config.values, claudeEnvironment(options.claude).env['API_TIMEOUT_MS']),
    retry: config.values['retry.upstream'],
    identity,
    policies: policies?.list,
    bodies: log.bodies,
    patterns: log.patterns,
    prices,
    ownPages: metrics && {
      readerToken,
      metrics: async () => ({ text: await metrics.expose(), contentType: metrics.contentType }),
    },
    onRecord: (record, { secrets: known, isStranger }) => {
      if (!isStranger) addToTotals(totals, record)
      if (record.session_id !== undefined) last = { endedMs: Date.now(), sessionId: record.session_id }
      log.append(record, known)
      // Whoever knocks without a token is nobody's usage.
      const isBooked = !isStranger && log.book(record, known)
      if (!isStranger) metrics?.observe(record)
      return isBooked
    },
    onTrouble,
  }).catch(async (error) => {
    await policies?.list.close()
    throw error
  })
  return {
    runId: identity.runId,
    config,
    upstream,
    configuredUpstream: configuredUpstream(config, options.claude),
    secrets,
    access,
    gateway: {
      ...gateway,
      load: () => loadAll(context, gateway),
      close: async (patience) => {
        await gateway.close(patience)
        await policies?.list.close()
      },
    },
    totals,
    troubles,
    droppedRecords: () => log.dropped(),
    limitWarnings: () => policies?.limits?.warnings() ?? [],
    last: () => last,
  }
}

async function openMetrics(profile: string, openCount: () => number): Promise<Metrics> {
  const { createMetrics } = await import('../../metrics/metrics.ts')
  return createMetrics({ profile, version: ownVersion(), openCount })
}

/** What cleans up is loaded with all else, so that an upgrade under a running process breaks nothing. */
async function loadAll(context: Context, gateway: Gateway): Promise<void> {
  const [{ startUpkeep }] = await Promise.all([import('./upkeep.ts'), gateway.load()])
  startUpkeep(context)
}
