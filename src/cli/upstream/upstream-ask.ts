import { GatewayError, reasonOf } from '../../base/errors.ts'
import type { AuthStyle } from '../../credentials/credential.ts'
import { authStyle, isOauthToken } from '../../credentials/credential.ts'
import type { Answer, Ask, Question, Silence } from '../../doctor/upstream/hearing.ts'
import { oneLine } from '../../exchange/one-line.ts'
import { clientSecrets } from '../../gateway/client-secrets.ts'
import { outgoingHeaders } from '../../gateway/headers.ts'
import type { Supplied, Supply } from '../../gateway/supply.ts'
import type { UpstreamAgent } from '../../network/agent.ts'
import type { TimedAnswer } from '../../network/timed-answer.ts'
import { timedAnswer } from '../../network/timed-answer.ts'
import type { Upstream } from '../../network/url.ts'
import { isTlsFault } from '../../network/verification.ts'
import { decodeWhole } from '../../usage/decode-whole.ts'

export interface AskOptions {
  readonly upstream: Upstream
  readonly agent: UpstreamAgent
  readonly supply: Supply
  readonly configured: AuthStyle | undefined
  readonly connectMs: number
}

const ANSWER_MS = 30_000
/** As Claude Code has them, since gateways treat clients by them. */
const OWN_HEADERS = {
  accept: 'application/json',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'anthropic-beta': 'claude-code-20250219',
  'anthropic-version': '2023-06-01',
  'content-type': 'application/json',
  'user-agent': 'claude-cli/2.1.329 (external, claude-gw doctor)',
  'x-app': 'cli',
}

/** Asks an upstream as the gateway would for Claude Code; what it says is without secrets. */
export function createAsk(options: AskOptions): Ask {
  return async (question) => {
    const { upstream, agent, connectMs, supply } = options
    const { method, path, body = '', answerMs = ANSWER_MS } = question
    const supplied = await supply.current()
    const known = [...secretsOf(supplied), ...agent.secrets]
    const beginMs = performance.now()
    const inquiry = { method, path, body, headers: headersFor(question, body, supplied, options) }
    try {
      return await toAnswer(await timedAnswer(upstream, agent, inquiry, { connectMs, answerMs }), known)
    } catch (error) {
      const afterMs = performance.now() - beginMs
      const reason = oneLine(reasonOf(error), known)
      return { kind: 'silence', cause: causeOf(error), code: codeOf(error), reason, afterMs }
    }
  }
}

/** Also those that stand in the configuration itself. */
export function secretsOf({ headers, secrets }: Supplied): readonly string[] {
  return [...secrets.map(({ value }) => value), ...clientSecrets(Object.entries(headers).flat(), '')]
}

function headersFor(
  { headers, auth }: Question,
  body: string,
  { credential, headers: extra }: Supplied,
  { upstream, configured }: AskOptions,
) {
  const style = credential && authStyle(credential, auth ?? configured, upstream.isAnthropic)
  return outgoingHeaders(Object.entries({ ...OWN_HEADERS, ...headers }).flat(), {
    host: upstream.url.host,
    contentLength: body === '' ? undefined : Buffer.byteLength(body),
    credential: credential &&
      style && { value: credential.value, style, isOauth: isOauthToken(credential.value) },
    extra,
  })
}

async function toAnswer(answer: TimedAnswer, secrets: readonly string[]): Promise<Answer> {
  const wire = Buffer.concat(answer.pieces.map(({ bytes }) => bytes))
  const coding = answer.headers['content-encoding']
  const hide = (text: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text)
  try {
    const decoded = await decodeWhole(wire, coding)
    const codingFault = codingFaultOf(coding, wire, decoded)
    return { ...answer, kind: 'answer', text: hide(String(decoded)), ...(codingFault && { codingFault }) }
  } catch (error) {
    return { ...answer, kind: 'answer', text: hide(String(wire)), codingFault: reasonOf(error) }
  }
}

/** Decoding goes by what a body begins with, so that it forgives a header that lies; Claude Code does not. */
function codingFaultOf(coding: string | undefined, wire: Buffer, decoded: Buffer): string | undefined {
  const isSaid = coding !== undefined && coding.toLowerCase() !== 'identity'
  const isCoded = !wire.equals(decoded)
  if (isSaid === isCoded || wire.length === 0) return undefined
  return isSaid ? 'the body is not compressed' : 'the body is compressed'
}

function codeOf(error: unknown): string {
  const fault = error instanceof GatewayError ? (error.cause ?? error) : error
  return (fault as NodeJS.ErrnoException).code ?? ''
}

function causeOf(error: unknown): Silence['cause'] {
  const { code = '' } = error as NodeJS.ErrnoException
  if (error instanceof GatewayError) return /^PROXY_/.test(error.code) ? 'proxy' : 'tls'
  if (isTlsFault(error)) return 'tls'
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code)) return 'dns'
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/.test(code)) return 'refused'
  if (/^HPE_/.test(code)) return 'garbled'
  if (/^(ECONNRESET|EPIPE)/.test(code) || /socket hang up/.test(reasonOf(error))) return 'cut'
  return /no (connection|answer) within|ETIMEDOUT/.test(reasonOf(error)) ? 'timeout' : 'other'
}
