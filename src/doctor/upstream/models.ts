import type { Check, Finding } from '../check.ts'
import { ok, skipped, warn } from '../check.ts'
import { inWords, isThrottled, objectIn } from './hearing.ts'
import type { Questions } from './questions.ts'
import { isRedirect, obstacle } from './reach.ts'

/** That of Claude Code, for the discovery of models (https://code.claude.com/docs/en/llm-gateway-protocol). */
const LIMIT_MS = 3_000
const DEGRADES = ['the choice of the gateway’s models in /model']

/** Optional: `CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY` asks for it. */
export function modelsCheck(questions: Questions): Check {
  return {
    id: 'models',
    title: 'models are listed, in time and without redirect',
    cost: 'requests',
    run: async () => {
      const heard = await questions.models()
      const blocked = obstacle(await questions.wrong())
      if (blocked) return blocked
      if (heard.kind === 'silence') return warn(heard.reason, { degrades: DEGRADES })
      if (isRedirect(heard))
        return warn(`HTTP ${heard.status}: Claude Code takes a redirect for a failure here`, {
          remedy: 'have the gateway answer `GET /v1/models` itself',
          degrades: DEGRADES,
        })
      if (isThrottled(heard)) return skipped(inWords(heard))
      const ids = modelIds(heard.text)
      const count = ids?.length
      if (heard.status !== 200 || count === undefined)
        return warn(heard.status === 200 ? 'HTTP 200, but no list of models' : inWords(heard), {
          remedy: 'add the route `GET /v1/models` to the gateway',
          degrades: DEGRADES,
        })
      if (heard.endMs > LIMIT_MS)
        return warn(`${count} models after ${(heard.endMs / 1000).toFixed(1)} s; Claude Code waits 3 s`, {
          remedy: 'have the gateway keep the list for a while',
          degrades: DEGRADES,
        })
      return unusable(heard.text, ids ?? []) ?? ok(`${count} models after ${Math.round(heard.endMs)} ms`)
    },
  }
}

/** Claude Code takes only ids that name its own kind (https://code.claude.com/docs/en/llm-gateway-protocol). */
function unusable(text: string, ids: readonly string[]): Finding | undefined {
  const data = objectIn(text)?.['data']
  if (Array.isArray(data) && data.length === 0) return skipped('the list is empty')
  if (ids.length === 0)
    return warn('the models of the list have no `id`', {
      remedy: 'have the gateway list models as the API does: `{"data":[{"id":"claude-…"}]}`',
      degrades: DEGRADES,
    })
  if (ids.some((id) => /claude|anthropic/i.test(id))) return undefined
  return warn(`none of ${ids.length} models has \`claude\` or \`anthropic\` in its id, such as ${ids[0]}`, {
    remedy: 'name the models of the gateway so, or map them with `models.aliases`',
    degrades: DEGRADES,
  })
}

/** The ids of a list of models; undefined for anything else. */
export function modelIds(text: string): readonly string[] | undefined {
  const data = objectIn(text)?.['data']
  if (!Array.isArray(data)) return undefined
  return data.flatMap((entry: unknown) => {
    const id = typeof entry === 'object' && entry !== null && 'id' in entry ? entry.id : undefined
    return typeof id === 'string' ? [id] : []
  })
}
