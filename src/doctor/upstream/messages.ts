import { shellWord } from '../../base/shell-word.ts'
import type { Check, Finding } from '../check.ts'
import { fail, ok, skipped, warn } from '../check.ts'
import { countIn, isLikely } from './counting.ts'
import type { Answer } from './hearing.ts'
import { errorIn, inWords, isHtml, isThrottled, lacksModel } from './hearing.ts'
import type { ModelInUse } from './model-in-use.ts'
import type { Questions } from './questions.ts'
import { MESSAGES, post } from './questions.ts'
import { isRouteless, obstacle } from './reach.ts'

const LOST = ['compaction when a prompt is too long', 'fallback to another model']

/** Claude Code reads what errors say, to recover from them. */
export function errorsCheck(questions: Questions): Check {
  return {
    id: 'errors',
    title: 'errors of the API come through as they are',
    cost: 'requests',
    run: async () => {
      const heard = await questions.wrong()
      if (heard.kind === 'answer' && isRouteless(heard))
        return fail(`\`POST /v1/messages\` is not there (${inWords(heard)})`, {
          remedy: 'correct the path of `upstream` (without /v1), or add the route to the gateway',
        })
      const blocked = obstacle(heard)
      if (blocked || heard.kind === 'silence') return blocked ?? skipped('there was no answer')
      if (lacksModel(heard)) return skipped(`${inWords(heard)}, see the models below`)
      if (heard.status < 400)
        return warn(`a request that is wrong on purpose was answered with ${heard.status}`, {
          remedy: 'have the gateway hand on status and body of the API',
          degrades: LOST,
        })
      const fault = faultOf(heard)
      if (!fault) return ok(inWords(heard))
      return warn(`${fault} (${inWords(heard)})`, { remedy: unwrapping(heard), degrades: LOST })
    },
  }
}

/** What is not as the API words it: HTTP 400, its envelope, and the name of what is wrong. */
function faultOf(answer: Answer): string | undefined {
  const { isEnveloped, message } = errorIn(answer)
  if (isHtml(answer)) return 'errors are pages of HTML'
  if (!isEnveloped) return 'errors are in an envelope of the gateway’s own'
  if (answer.status !== 400) return `an invalid request is answered with ${answer.status}, not 400`
  return /max_tokens/.test(message) ? undefined : 'the gateway words errors itself'
}

function unwrapping(answer: Answer): string {
  const remedy = 'have the gateway hand on error bodies of the API unchanged, with their status'
  return /litellm/i.test(errorIn(answer).message)
    ? `${remedy}: the route \`/anthropic\` of LiteLLM, in \`upstream\`, does`
    : remedy
}

/** Whether each model that is in use has a route; a model costs nothing to be counted for. */
export function routeCheck(questions: Questions, model: ModelInUse): Check {
  const { asked, sent } = model
  return {
    id: `model ${asked}`,
    title: `the model ${asked} has a route`,
    cost: 'requests',
    run: async () => {
      const blocked = obstacle(await questions.wrong())
      if (blocked) return blocked
      const heard = await questions.count(sent)
      if (heard.kind === 'silence') return fail(heard.reason, { remedy: 'look into the log of the gateway' })
      if (isLikely(countIn(heard))) return ok(`counted${sent === asked ? '' : ` as ${sent}`}`)
      if (isThrottled(heard)) return skipped(inWords(heard))
      if (lacksModel(heard)) return noRoute(model, inWords(heard))
      return skipped(`tokens cannot be counted (${inWords(heard)}); \`--live\` asks the model itself`)
    },
  }
}

/** The same by an answer of one token. */
export function answerCheck(questions: Questions, model: ModelInUse): Check {
  const { asked, sent } = model
  return {
    id: `answer ${asked}`,
    title: `the model ${asked} answers`,
    cost: 'tokens',
    run: async () => {
      const blocked = obstacle(await questions.wrong())
      if (blocked) return blocked
      const prompt = { model: sent, max_tokens: 1, messages: [{ role: 'user', content: 'Hi' }] }
      const heard = await questions.ask(post(MESSAGES, prompt))
      if (heard.kind === 'silence') return fail(heard.reason, { remedy: 'look into the log of the gateway' })
      if (heard.status === 200) return ok(`answered after ${Math.round(heard.endMs)} ms`)
      if (isThrottled(heard)) return skipped(inWords(heard))
      return lacksModel(heard)
        ? noRoute(model, inWords(heard))
        : fail(inWords(heard), { remedy: 'look into the log of the gateway' })
    },
  }
}

function noRoute({ sent, isOwnChoice }: ModelInUse, evidence: string): Finding {
  const remedy = `add a route for ${sent} to the gateway, or map it with \`claude-gw config set ${shellWord(`models.aliases.${sent}`)} NAME\``
  if (!isOwnChoice) return fail(evidence, { remedy })
  return warn(`${evidence}; Claude Code 2.1.329 begins with it unless it is told another`, {
    remedy: `${remedy}, or name another in ANTHROPIC_MODEL`,
  })
}
