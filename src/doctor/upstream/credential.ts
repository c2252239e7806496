import type { Check, Finding } from '../check.ts'
import { fail, ok, skipped, warn } from '../check.ts'
import type { Answer } from './hearing.ts'
import { errorIn, inWords, isHtml, isThrottled } from './hearing.ts'
import type { Questions } from './questions.ts'
import { wrongQuestion } from './questions.ts'
import { isRedirect, missingHeader, obstacle } from './reach.ts'

/** The headers that are tried for a key: also those of Kong, WSO2 and Azure API Management. */
export const TRIED_STYLES = ['bearer', 'x-api-key', 'header:apikey', 'header:api-key'] as const

/** Whether the credential lets requests in, and which header does. */
export function credentialCheck(questions: Questions): Check {
  return {
    id: 'credential',
    title: 'the credential is accepted',
    cost: 'requests',
    run: async () => {
      const heard = await questions.wrong()
      if (heard.kind === 'silence' || isRedirect(heard)) return skipped('there was no answer of the gateway')
      if (isThrottled(heard)) return obstacle(heard) ?? skipped(inWords(heard))
      if (!isRefusal(heard)) return ok(`HTTP ${heard.status}, not refused`)
      return (await otherHeader(questions)) ?? refusal(heard)
    },
  }
}

function isRefusal({ status }: Answer): boolean {
  return [401, 403, 407].includes(status)
}

/** A gateway may look into one header only. */
async function otherHeader({ ask, model }: Questions): Promise<Finding | undefined> {
  for (const auth of TRIED_STYLES) {
    const heard = await ask({ ...wrongQuestion(model, 'Hello'), auth })
    if (heard.kind === 'silence' || isRefusal(heard) || isRedirect(heard) || isThrottled(heard)) continue
    const name = auth === 'bearer' ? 'as a bearer token' : `in \`${auth.replace('header:', '')}\``
    return fail(`refused as it is sent now, and accepted ${name}`, {
      remedy: `claude-gw config set auth ${auth}`,
    })
  }
  return undefined
}

function refusal(answer: Answer): Finding {
  const evidence = `${whose(answer)} refuses it (${inWords(answer)})`
  if (answer.status === 407)
    return fail(evidence, {
      remedy:
        'give the proxy its user and password: `claude-gw config set proxy http://USER:PASSWORD@HOST:PORT`',
    })
  if (isStopped(answer))
    return fail(stoppedWords(answer), {
      remedy:
        'have the firewall or the protection from bots before the gateway let through programs that are no browsers',
    })
  const remedy = isProviders(answer)
    ? 'if your key is right (`claude-gw login` replaces it), the gateway lets you in and its own key for the provider is refused: tell who runs it'
    : 'replace the key with `claude-gw login`, or ask who runs the gateway for access'
  return fail(evidence, { remedy })
}

/** A gateway has no page for people: then it has not seen the key. */
export function isStopped(answer: Answer): boolean {
  return answer.status === 403 && isHtml(answer)
}

export function stoppedWords(answer: Answer): string {
  return `something before the gateway lets nothing through (${inWords(answer)})`
}

/** An answer of the API has an id, and its words; some gateways put these into words of their own. */
function isProviders(answer: Answer): boolean {
  const { isEnveloped, message } = errorIn(answer)
  return (isEnveloped && answer.headers['request-id'] !== undefined) || /invalid x-api-key/i.test(message)
}

function whose(answer: Answer): string {
  return isProviders(answer) ? 'the provider behind the gateway' : 'the gateway'
}

/** Without it, what the API counts cannot be told to it. */
export function requestIdCheck(questions: Questions): Check {
  return {
    id: 'request-id',
    title: 'the API’s request id comes through',
    cost: 'requests',
    run: async () => {
      const heard = await questions.wrong()
      const blocked = obstacle(heard)
      if (blocked || heard.kind === 'silence') return blocked ?? skipped('there was no answer')
      return heard.headers['request-id']
        ? ok('`request-id` is there')
        : warn('answers have no `request-id`', {
            remedy: 'have the gateway hand on response headers of the API',
          })
    },
  }
}

/** A gateway that lets only headers through that it knows, or one that wants some of its own. */
export function headersCheck(questions: Questions): Check {
  return {
    id: 'headers',
    title: 'no header is missing',
    cost: 'requests',
    run: async () => {
      const heard = await questions.wrong()
      const name = heard.kind === 'answer' ? missingHeader(heard) : undefined
      if (heard.kind === 'answer' && name) return missing(heard, name)
      return obstacle(heard) ?? ok('nobody asks for another one')
    },
  }
}

function missing(heard: Answer, name: string): Finding {
  return name.startsWith('anthropic-')
    ? fail(`\`${name}\` does not arrive (${inWords(heard)})`, {
        remedy: 'have the gateway pass on all headers that begin with `anthropic-`',
      })
    : fail(`the gateway asks for \`${name}\` (${inWords(heard)})`, {
        remedy: `claude-gw config set headers.${name} VALUE`,
      })
}
