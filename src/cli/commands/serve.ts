import { constants } from 'node:os'
import { GatewayError, reasonOf } from '../../base/errors.ts'
import { profileCommand } from '../../base/profile-command.ts'
import { claimEntry } from '../../broker/claim.ts'
import { isGateway } from '../../broker/probe.ts'
import type { ServeEntry } from '../../broker/registry.ts'
import { markStopped, readEntry } from '../../broker/registry.ts'
import { noteWait } from '../../credentials/wait-notice.ts'
import type { Context } from '../context.ts'
import { escapeControls, print } from '../output.ts'
import { keyName } from '../run/summary.ts'
import { untilIdle } from '../session/idle.ts'
import type { Session } from '../session/session.ts'
import { openSession } from '../session/session.ts'
import { silenceDebug } from '../session/silence.ts'
import { shortDuration } from '../text/quantity.ts'
import { readClaudeState } from '../upstream/claude-state.ts'
import { refuseOwnAddress } from '../upstream/upstream.ts'

export interface ServeInput {
  /** Undefined takes the profile's last port, or any free one; 0 any free one. */
  readonly port?: number | undefined
  readonly isJson: boolean
  /** Makes the clients of earlier runs ask `claude-gw env` again. */
  readonly isNewToken: boolean
}

/**
 * The gateway alone, until SIGINT or SIGTERM, or until nobody has used it for as long as `serve.idleExit` says.
 * @throws GatewayError SERVE_RUNNING, LISTEN_FAILED, STATE_UNWRITABLE, of the configuration
 */
export async function serve(context: Context, input: ServeInput): Promise<number> {
  const { profile } = context.config().values
  const state = context.stateDirectory()
  const last = readEntry(state, profile)
  await refuseSecond(last)
  silenceDebug()
  const session = await open(context, input, last)
  const stopped = waitForStop()
  const entry = toEntry(session, profile)
  try {
    refuseOwnAddress(session.upstream, entry.port, session.config)
    const other = await claimEntry(state, entry, last)
    if (other) throw running(other)
    await announce(context, input, session, entry)
    if (last && input.port === undefined && last.port !== entry.port) noteMove(context, last)
    await session.gateway.load()
    session.secrets.prefetch().catch((error) => noteFailure(context, error))
    await Promise.race([stopped, untilUnused(context, session)])
  } finally {
    await session.gateway.close()
  }
  markStopped(state, entry)
  return 0
}

/** Names the process only where it has just shown that it is the gateway: its number may be another's by now. */
async function refuseSecond(last: ServeEntry | undefined): Promise<void> {
  if (last?.pid === undefined || !(await isGateway(last.url, last.access))) return
  throw running(last)
}

function running({ profile, url, pid }: ServeEntry): GatewayError {
  const command = profileCommand(profile)
  return new GatewayError('SERVE_RUNNING', { profile, url: new URL(url).origin, pid: String(pid), command })
}

/** @throws GatewayError CONFIG_ENFORCED */
function refuseEnforcedPort(context: Context, { port }: ServeInput): void {
  const entry = context.config().entries.find(({ key }) => key === 'serve.port')
  if (port === undefined || !entry?.isEnforced || entry.value === port) return
  throw new GatewayError('CONFIG_ENFORCED', { origin: '--port', key: entry.name, file: entry.origin })
}

/** The last port is only a preference: another program may have it by now. */
async function open(context: Context, input: ServeInput, last: ServeEntry | undefined): Promise<Session> {
  refuseEnforcedPort(context, input)
  const configured = context.config().values['serve.port']
  const wanted = input.port ?? (configured >= 0 ? configured : undefined)
  const access = input.isNewToken ? undefined : last?.access
  const options = {
    claude: await readClaudeState(context),
    mayUseApiKey: true,
    hasMetrics: true,
    findTags: () => ({}),
    onWait: noteWait(context),
    onTrouble: (reason: string) => context.stderr.write(`claude-gw: ${escapeControls(reason)}\n`),
    ...(access && { access }),
  }
  if (wanted !== undefined || !last) return openSession(context, { ...options, port: wanted ?? 0 })
  try {
    return await openSession(context, { ...options, port: last.port })
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'LISTEN_FAILED') throw error
    return openSession(context, { ...options, port: 0 })
  }
}

function toEntry(session: Session, profile: string): ServeEntry {
  const { runId, gateway, access, upstream, configuredUpstream } = session
  const { port, url } = gateway
  const { isAnthropic, name } = upstream
  const ways = { isAnthropic, upstream: name, configuredUpstream }
  return { profile, pid: process.pid, runId, port, url, ...ways, access }
}

/** Who has the earlier address would show it the token of this gateway's predecessor. */
function noteMove({ stderr }: Context, { port, profile }: ServeEntry): void {
  const command = profileCommand(profile)
  stderr.write(`claude-gw: not on its last port ${port}; clients need \`${command} env\` again\n`)
}

async function announce(
  context: Context,
  input: ServeInput,
  session: Session,
  entry: ServeEntry,
): Promise<void> {
  const { url, port, access } = entry
  const token = access.kind === 'token' ? access.token : null
  if (input.isJson) await print(context.stdout, `${JSON.stringify({ url, token, port, pid: process.pid })}\n`)
  if (input.isJson || context.options.isQuiet) return
  context.stderr.write(
    `claude-gw: serving ${session.upstream.name} on http://127.0.0.1:${port} (profile ${entry.profile}, key: ${keyName(session)})\n` +
      `  in another shell: eval "$(${profileCommand(entry.profile)} env)", then claude. Ctrl-C stops it.\n`,
  )
  for (const warning of session.limitWarnings()) context.stderr.write(`claude-gw: ${warning}\n`)
}

/** It may heal while the gateway runs; until then each request is answered with the same words. */
function noteFailure({ stderr }: Context, error: unknown): void {
  const remedy = error instanceof GatewayError ? `. ${error.remedy}` : ''
  stderr.write(`claude-gw: ${reasonOf(error)}${remedy}\n`)
}

async function untilUnused({ config, options, stderr }: Context, { gateway }: Session): Promise<void> {
  const limitMs = config().values['serve.idleExit']
  await untilIdle(gateway, limitMs)
  if (!options.isQuiet)
    stderr.write(`claude-gw: nobody asked for ${shortDuration(limitMs ?? 0)}, so it ends (serve.idleExit)\n`)
}

/**
 * Before there is a gateway to close, a signal just ends the process, and so does a second one. The listener stays: that
 * of proper-lockfile would end the process where it is the only one.
 */
function waitForStop(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (isStopping) process.exit(128 + constants.signals[signal])
        isStopping = true
        resolve()
      })
    }
  })
}
