import type { OutgoingHttpHeaders } from 'node:http'
import { GatewayError, reasonOf } from '../../base/errors.ts'
import { repositoryTags } from '../../config/repository.ts'
import { resolveTags } from '../../config/tags.ts'
import { connectLimit } from '../../config/timeouts.ts'
import type { AuthStyle } from '../../credentials/credential.ts'
import { authStyle, isOauthToken } from '../../credentials/credential.ts'
import { noteWait } from '../../credentials/wait-notice.ts'
import { oneLine } from '../../exchange/one-line.ts'
import { clientSecrets } from '../../gateway/client-secrets.ts'
import { outgoingHeaders } from '../../gateway/headers.ts'
import { createSupply } from '../../gateway/supply.ts'
import { createUpstreamAgent } from '../../network/agent.ts'
import type { InquiryAnswer } from '../../network/inquiry.ts'
import { inquire } from '../../network/inquiry.ts'
import type { Upstream } from '../../network/url.ts'
import type { Context } from '../context.ts'
import { findProxy } from '../upstream/proxy.ts'
import { openSecrets } from '../upstream/secrets.ts'
import type { ClaudeSources } from '../upstream/upstream.ts'
import type { Question, Verdict } from './key-proof.ts'
import { judge, MESSAGE, MODELS } from './key-proof.ts'

/** Where a key is tried. */
export interface Trial {
  readonly upstream: Upstream
  readonly claude: ClaudeSources
}

/**
 * Sends the smallest request that needs a key, with everything that a gateway of this configuration would add.
 * @throws GatewayError CREDENTIAL_REFUSED, CREDENTIAL_UNPROVED, or of what has to be looked up beside the key
 */
export async function checkKey(context: Context, trial: Trial, key: string): Promise<void> {
  const { upstream } = trial
  const tags = resolveTags(context.config().values.tags, repositoryTags(context.cwd))
  const secrets = await openSecrets(context, {
    ...trial,
    tags,
    mayUseApiKey: true,
    onWait: noteWait(context),
  })
  const extra = await createSupply({ kind: 'passthrough' }, secrets.extraHeaders).current()
  const literal = clientSecrets(Object.entries(extra.headers).flat(), '')
  const known = [key, ...extra.secrets.map(({ value }) => value), ...literal]
  const limits = { connectMs: connectLimit(context.config().values), answerMs: ANSWER_MS }
  const agent = createUpstreamAgent(upstream, {
    tls: secrets.tls,
    proxy: findProxy(context, upstream, trial.claude),
    connectMs: limits.connectMs,
  })
  const ask = ({ method, path, body }: Question) => {
    const headers = headersFor(body, { upstream, key, configured: secrets.authStyle, extra: extra.headers })
    return inquire(upstream, agent, { method, path, body, headers }, limits)
  }
  try {
    report(await findVerdict(ask), upstream, [...known, ...agent.secrets])
  } finally {
    agent.destroy()
  }
}

/** A model may take its time for the one word that it is asked for. */
const ANSWER_MS = 60_000

const OWN_HEADERS = [
  ...['accept', 'application/json'],
  ...['anthropic-version', '2023-06-01'],
  ...['content-type', 'application/json'],
  ...['user-agent', 'claude-gw'],
]

interface Sending {
  readonly upstream: Upstream
  readonly key: string
  readonly configured: AuthStyle | undefined
  readonly extra: Readonly<Record<string, string>>
}

function headersFor(body: string, { upstream, key, configured, extra }: Sending): OutgoingHttpHeaders {
  const style = authStyle({ value: key, source: 'given' }, configured, upstream.isAnthropic)
  return outgoingHeaders(OWN_HEADERS, {
    host: upstream.url.host,
    contentLength: body === '' ? undefined : Buffer.byteLength(body),
    credential: { value: key, style, isOauth: isOauthToken(key) },
    extra,
  })
}

async function findVerdict(ask: (question: Question) => Promise<InquiryAnswer>): Promise<Verdict> {
  try {
    const verdict = judge(MODELS, await ask(MODELS))
    return verdict.kind === 'open' ? judge(MESSAGE, await ask(MESSAGE)) : verdict
  } catch (error) {
    if (error instanceof GatewayError) throw error
    return { kind: 'unproved', reason: reasonOf(error) }
  }
}

function report(verdict: Verdict, { name }: Upstream, secrets: readonly string[]): void {
  if (verdict.kind === 'proved') return
  const code = verdict.kind === 'refused' ? 'CREDENTIAL_REFUSED' : 'CREDENTIAL_UNPROVED'
  throw new GatewayError(code, {
    upstream: name,
    reason: oneLine(verdict.reason, secrets, { areIdsPublic: true }),
  })
}
