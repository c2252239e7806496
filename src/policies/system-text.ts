import { peek } from '../json/peek.ts'
import type { Span } from '../json/scanner.ts'
import { contentStart, isContainer, scanObject, skipSpace } from '../json/scanner.ts'
import type { Edit } from '../json/splice.ts'
import { costOf } from './cost-of.ts'
import type { Policy, PolicyRequest } from './policy.ts'
import { NO_OUTCOME } from './policy.ts'

const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const QUOTE = 0x22

const RULE = 'system.append'

/**
 * Puts a text behind the client's own system prompt. What stands before it stays byte for byte: the first block says who
 * asks, and marks for the cache stay where they are. The same text each time keeps the cached prefix.
 */
export function systemTextPolicy(text: string): Policy {
  const editOf = ({ body, isEncoded }: PolicyRequest) => (isEncoded ? undefined : appendedSystem(body, text))
  return {
    apply: (request) => {
      const edit = editOf(request)
      if (!edit) return NO_OUTCOME
      return { decisions: [{ rule: RULE, action: 'decorate', count: 1 }], edits: [edit] }
    },
    explain: (request) => {
      const edit = editOf(request)
      return [
        { rule: RULE, action: 'decorate', spans: edit ? [edit] : [], costMs: costOf(() => editOf(request)) },
      ]
    },
  }
}

/** What appends a text to `system` of a request; undefined for a body that is no JSON object, or has none that the API takes. */
export function appendedSystem(body: Buffer, text: string): Edit | undefined {
  const members = peek(body, ['system', 'messages'])
  if (!members?.messages) return undefined
  const { system } = members
  if (!system || system.value === null) return system ? undefined : newMember(body, text)
  const at = system.end - 1
  if (typeof system.value === 'string') {
    const more = system.value === '' ? text : `\n\n${text}`
    return body[system.start] === QUOTE ? insertion(at, JSON.stringify(more).slice(1, -1)) : undefined
  }
  if (!isContainer(body, system.start) || body[system.start] !== OPEN_BRACKET) return undefined
  const block = JSON.stringify({ type: 'text', text })
  return insertion(at, isEmptyArray(body, system) ? block : `,${block}`)
}

function isEmptyArray(body: Buffer, { start }: Span): boolean {
  return body[skipSpace(body, start + 1)] === CLOSE_BRACKET
}

/** At the end of the object, which has members. */
function newMember(body: Buffer, text: string): Edit {
  const end = scanObject(body, contentStart(body), () => {})
  return insertion(end - 1, `,"system":${JSON.stringify(text)}`)
}

function insertion(at: number, text: string): Edit {
  return { start: at, end: at, bytes: Buffer.from(text) }
}
