import { isJsonObject } from '../json/object.ts'
import type { Usage } from './exchange.ts'

type Shape = { readonly [name: string]: true | Shape }

/** What has a price in one use of a model, in both forms of usage. */
const COUNTERS: Shape = {
  input_tokens: true,
  output_tokens: true,
  cache_creation_input_tokens: true,
  cache_read_input_tokens: true,
  cache_creation: { ephemeral_5m_input_tokens: true, ephemeral_1h_input_tokens: true },
  prompt_tokens: true,
  completion_tokens: true,
  prompt_tokens_details: { cached_tokens: true },
}

const WHOLE: Shape = {
  ...COUNTERS,
  server_tool_use: { web_search_requests: true },
  speed: true,
  inference_geo: true,
  service_tier: true,
}

const PART: Shape = { type: true, model: true, ...COUNTERS }

/** These do not change a price. */
const USUAL: readonly unknown[] = [0, null, '', 'standard', 'global', 'not_available']

/** What decides the price of an answer, without what is zero or usual. */
export function slimUsage(usage: Usage): Usage {
  const parts = partsOf(usage)
  return { ...pick(usage, WHOLE), ...(parts && { iterations: parts.map((part) => pick(part, PART)) }) }
}

/** A single message is the same as the whole. */
function partsOf({ iterations }: Usage): readonly Usage[] | undefined {
  if (!Array.isArray(iterations)) return undefined
  const parts = iterations.filter(isJsonObject)
  return parts.length > 1 || parts.some(({ type }) => type !== 'message') ? parts : undefined
}

/** A count of 0 says that there was nothing to pay for; without any, that would not be known. */
function pick(usage: Usage, shape: Shape): Usage {
  const kept: Record<string, unknown> = {}
  for (const name of Object.keys(shape)) {
    const value = usage[name]
    const inner = shape[name]
    const isNothing = USUAL.includes(value) && !(name === 'input_tokens' && value === 0)
    if (value === undefined || isNothing) continue
    if (typeof value !== 'object') kept[name] = value
    else if (typeof inner === 'object' && isJsonObject(value)) keepUnlessEmpty(kept, name, pick(value, inner))
  }
  return kept
}

function keepUnlessEmpty(kept: Record<string, unknown>, name: string, picked: Usage): void {
  if (Object.keys(picked).length > 0) kept[name] = picked
}
