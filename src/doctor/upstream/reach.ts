import type { Check, Finding } from '../check.ts'
import { fail, ok, skipped } from '../check.ts'
import type { Answer, Heard, Silence } from './hearing.ts'
import { inWords, serverOf } from './hearing.ts'
import type { Questions } from './questions.ts'

const REMEDIES: Readonly<Record<Silence['cause'], string>> = {
  dns: 'the name does not exist for this machine: correct `upstream`, or connect to the network (VPN) that knows it',
  refused: 'nothing listens there: correct the port in `upstream`, or start the gateway',
  tls: 'name the company’s authorities with `claude-gw config set tls.ca FILE`, or have the certificate renewed',
  proxy: 'correct `proxy`, or except the upstream with NO_PROXY',
  timeout: 'a firewall or a proxy swallows the connection: ask for access, or set `proxy`',
  cut: 'the other end hangs up: it may want https, a client certificate (`tls.cert`), or another port',
  other: 'correct `upstream`: `claude-gw config list --origin` says where it stands',
}

/** Whether the upstream answers at all, and itself. */
export function reachCheck(questions: Questions): Check {
  return {
    id: 'reach',
    title: 'the upstream answers',
    cost: 'requests',
    run: async () => {
      const heard = await questions.wrong()
      if (heard.kind === 'silence') return fail(heard.reason, { remedy: REMEDIES[heard.cause] })
      const server = serverOf(heard)
      return ok(`HTTP ${heard.status} after ${Math.round(heard.headMs)} ms${server ? `, by ${server}` : ''}`)
    },
  }
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
      return fail(`HTTP ${heard.status} to ${place ?? 'nowhere'}`, {
        remedy: place
          ? `claude-gw config set upstream ${place}`
          : 'have the gateway answer `POST /v1/messages` itself',
      })
    },
  }
}

const UNREACHED = 'there was no answer, see `reach`'

/** Why nothing further can be told; undefined where it can. */
export function obstacle(heard: Heard): Finding | undefined {
  if (heard.kind === 'silence') return skipped(UNREACHED)
  if (isRedirect(heard)) return skipped('requests are redirected, see `redirect`')
  if (heard.status === 401 || heard.status === 403 || heard.status === 407)
    return skipped(`the credential is refused (${inWords(heard)}), see \`credential\``)
  return undefined
}

export function isRedirect({ status }: Answer): boolean {
  return status >= 300 && status < 400
}

/** The upstream that it leads to, without the path of the request itself. */
function redirectPlace({ headers: { location } }: Answer): string | undefined {
  if (!location || !URL.canParse(location)) return undefined
  const { origin, pathname } = new URL(location)
  return origin + pathname.replace(/\/+$/, '').replace(/\/v1\/messages$/, '')
}
