import { GatewayError } from '../base/errors.ts'
import { shownName } from '../config/value-error.ts'
import type { PolicyDecision } from '../exchange/exchange.ts'
import type { Finder } from '../exchange/needles.ts'
import { isJsonObject } from '../json/object.ts'
import { peek } from '../json/peek.ts'
import { fits } from './limits/subject.ts'
import type { Outcome, Policy, PolicyRequest } from './policy.ts'

export interface GuardSettings {
  /** Find what no request may hold. */
  readonly deny: readonly Finder[]
  /** Find what is only counted. */
  readonly flag: readonly Finder[]
  /** Names with `*` and `?`, of which one must fit; behind a `!`, names that may not be. */
  readonly models: readonly string[]
  /** The same for each tool that a request offers. */
  readonly tools: readonly string[]
}

/** Refuses requests by what they ask for and by what they hold. One that cannot be read is refused. */
export function guardPolicy({ deny, flag, models, tools }: GuardSettings): Policy {
  return {
    apply: (request) => {
      const { body, model = '', isEncoded } = request
      if (isEncoded) return refused('guard.unreadable', 1, 'is compressed, so that it cannot be looked at')
      if (!isAllowed(model, models))
        return refused(
          'guard.models',
          1,
          `asks for the model \`${shownName(model)}\`, which is not allowed here`,
        )
      const tool = tools.length > 0 ? toolNames(request).find((name) => !isAllowed(name, tools)) : undefined
      if (tool !== undefined)
        return refused('guard.tools', 1, `offers the tool \`${shownName(tool)}\`, which is not allowed here`)
      const denied = countIn(body, deny)
      if (denied === undefined) return refused('guard.unreadable', 1, 'takes too long to be looked through')
      if (denied > 0) return refused('guard.deny', denied, `holds what may not be sent, in ${places(denied)}`)
      const flagged = countIn(body, flag) ?? 0
      return { decisions: flagged > 0 ? [{ rule: 'guard.flag', action: 'flag', count: flagged }] : [] }
    },
  }
}

function refused(rule: string, count: number, reason: string): Outcome {
  const decisions: readonly PolicyDecision[] = [{ rule, action: 'deny', count }]
  return { decisions, rejection: new GatewayError('GUARD_DENIED', { rule, reason }) }
}

function isAllowed(name: string, patterns: readonly string[]): boolean {
  const forbidden = patterns.filter((pattern) => pattern.startsWith('!'))
  if (forbidden.some((pattern) => fits(name, pattern.slice(1)))) return false
  const allowed = patterns.filter((pattern) => !pattern.startsWith('!'))
  return allowed.length === 0 || allowed.some((pattern) => fits(name, pattern))
}

/** Of those on the server of the API too, whose kind stands in `type`. */
function toolNames({ body }: PolicyRequest): string[] {
  const span = peek(body, ['tools'])?.tools
  const tools = span ? parsed(body.toString('utf8', span.start, span.end)) : []
  // The API takes nothing else.
  if (!Array.isArray(tools)) return []
  return tools.map((tool) => (isJsonObject(tool) && typeof tool['name'] === 'string' ? tool['name'] : ''))
}

function places(count: number): string {
  return count === 1 ? 'one place' : `${count} places`
}

/** An error would repeat a part of the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Undefined where a search was given up. */
function countIn(body: Buffer, finders: readonly Finder[]): number | undefined {
  try {
    return finders.reduce((sum, finder) => sum + finder.spansIn(body).length, 0)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
