import { shellWord } from '../../base/shell-word.ts'
import type { Check, Finding } from '../check.ts'
import { fail, ok, skipped } from '../check.ts'
import type { Answer, Heard, Silence } from './hearing.ts'
import { errorIn, inWords, isHtml, isThrottled, lacksModel } from './hearing.ts'
import type { Questions } from './questions.ts'
import { serverOf } from './servers.ts'

const REMEDIES: Readonly<Record<Silence['cause'], string>> = {
  dns: 'the name does not exist for this machine: correct `upstream`, or connect to the network (VPN) that knows it',
  refused: 'nothing listens there: correct the port in `upstream`, or start the gateway',
  tls: 'name the company’s authorities with `claude-gw config set tls.ca FILE`, or have the certificate renewed',
  proxy: 'correct `proxy`, or except the upstream with NO_PROXY',
  timeout: 'a firewall or a proxy swallows the connection: ask for access, or set `proxy`',
  cut: 'the other end hangs up: it may want https, a client certificate (`tls.cert`), or another port',
  garbled:
    'no proper HTTP comes back: another protocol is spoken there, or something on the way writes headers twice',
  other: 'correct `upstream`: `claude-gw config list --origin` says where it stands',
}

/** Whether the upstream answers at all, and itself. */
export function reachCheck(questions: Questions, isProxied: boolean): Check {
  return {
    id: 'reach',
    title: 'the upstream answers',
    cost: 'requests',
    run: async () => {
      const heard = await questions.wrong()
      if (heard.kind === 'silence')
        return seenBefore(heard, isProxied) ?? fail(heard.reason, { remedy: REMEDIES[heard.cause] })
      if (isWebPage(heard))
        return fail(`a web page answers (HTTP ${heard.status})`, {
          remedy:
            'correct `upstream`: it names a page for people. A network that wants you to sign in first answers so too',
        })
      const server = serverOf(heard)
      return ok(`HTTP ${heard.status} after ${Math.round(heard.headMs)} ms${server ? `, by ${server}` : ''}`)
    },
  }
}

/** What another check has told already. */
function seenBefore({ cause }: Silence, isProxied: boolean): Finding | undefined {
  if (cause === 'tls') return skipped('no connection stands, see `tls`')
  return cause === 'dns' && !isProxied ? skipped('its name is not known, see `dns`') : undefined
}

/** Claude Code follows a redirect with the whole prompt, and the gateway does not follow any. */
export function redirectCheck(questions: Questions): Check {
  return {
    id: 'redirect',
    title: 'requests are answered, not redirected',
    cost: 'requests',
    run: async () => {
      const heard = await questions.wrong()
      if (heard.kind === 'silence') return skipped(UNREACHED)
      if (!isRedirect(heard)) return ok('no redirect')
      const place = redirectPlace(heard)
      if (SIGN_IN.test(heard.headers.location ?? ''))
        return fail(`HTTP ${heard.status} to a page to sign in, ${place ?? 'on the same host'}`, {
          remedy:
            'the gateway is behind single sign-on for browsers: ask for a route without it, or connect to the VPN',
        })
      return fail(`HTTP ${heard.status} to ${place ?? 'nowhere'}`, {
        remedy: place
          ? `if whoever runs the gateway says that this is its new address: claude-gw config set upstream ${shellWord(place)}`
          : 'have the gateway answer `POST /v1/messages` itself',
      })
    },
  }
}

const SIGN_IN = /\b(login|signin|sign-in|sso|saml2?|oauth2?|authorize)\b/i
const UNREACHED = 'there was no answer, see `reach`'

/** Why nothing further can be told; undefined where it can. */
export function obstacle(heard: Heard): Finding | undefined {
  if (heard.kind === 'silence') return skipped(UNREACHED)
  if (isRedirect(heard)) return skipped('requests are redirected, see `redirect`')
  if (isWebPage(heard)) return skipped('a web page answers, see `reach`')
  if (isThrottled(heard))
    return skipped(`the gateway lets nothing more through for now (${inWords(heard)}): try again later`)
  if (isRouteless(heard)) return skipped('`POST /v1/messages` is not there, see `errors`')
  if (missingHeader(heard)) return skipped('a header is missing, see `headers`')
  if (heard.status === 401 || heard.status === 403 || heard.status === 407)
    return skipped(`the credential is refused (${inWords(heard)}), see \`credential\``)
  return undefined
}

export function isRedirect({ status }: Answer): boolean {
  return status >= 300 && status < 400
}

function isWebPage(answer: Answer): boolean {
  return answer.status < 300 && isHtml(answer)
}

export function isRouteless(answer: Answer): boolean {
  return answer.status === 404 && !lacksModel(answer)
}

/** The header that the API or the gateway says it has not got: `anthropic-version: header is required`. */
export function missingHeader(answer: Answer): string | undefined {
  const { message } = errorIn(answer)
  if (answer.status !== 400 || !/header.*\b(required|missing)|\b(required|missing)\b.*header/i.test(message))
    return undefined
  return /\b(x|anthropic)-[a-z-]+/i.exec(message)?.[0].toLowerCase()
}

/** The upstream that it leads to, without the path of the request itself. */
function redirectPlace({ headers: { location } }: Answer): string | undefined {
  if (!location || !URL.canParse(location)) return undefined
  const { origin, pathname } = new URL(location)
  return origin + pathname.replace(/\/+$/, '').replace(/\/v1\/messages$/, '')
}
