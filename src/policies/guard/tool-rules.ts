import { shownName } from '../../config/shown-name.ts'
import { isJsonObject } from '../../json/object.ts'
import { peek } from '../../json/peek.ts'
import { fits } from '../limits/subject.ts'
import type { Denial } from './denial.ts'
import { notJson } from './denial.ts'
import type { GuardSettings } from './guard-settings.ts'
import { isAllowed } from './name-list.ts'

/** What is wrong with the tools that a request offers. @throws Unreadable */
export function toolDenial(
  body: Buffer,
  { tools, requiredTools }: Pick<GuardSettings, 'tools' | 'requiredTools'>,
): Denial | undefined {
  if (tools.length + requiredTools.length === 0) return undefined
  const names = toolNames(body)
  const forbidden = names.find((name) => !isAllowed(name, tools))
  if (forbidden !== undefined) return forbiddenDenial(forbidden)
  const missing = requiredTools.find((pattern) => !names.some((name) => fits(name, pattern)))
  return names.length > 0 && missing !== undefined ? missingDenial(missing) : undefined
}

/** Of those on the server of the API too, whose kind stands in `type`. */
function toolNames(body: Buffer): readonly string[] {
  const members = peek(body, ['tools'])
  if (!members) throw notJson()
  const { tools: span } = members
  const tools = span ? parsed(body.toString('utf8', span.start, span.end)) : []
  // The API takes nothing else.
  if (!Array.isArray(tools)) return []
  return tools.map((tool) => (isJsonObject(tool) && typeof tool['name'] === 'string' ? tool['name'] : ''))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // An error would repeat a part of the text.
    throw notJson()
  }
}

function forbiddenDenial(name: string): Denial {
  return {
    rule: 'guard.tools',
    key: 'tools',
    reason: `offers the tool \`${shownName(name)}\`, which is not allowed here`,
    help: 'go on without it, or without the MCP server that has it (`/mcp`)',
  }
}

function missingDenial(pattern: string): Denial {
  return {
    rule: 'guard.required-tools',
    key: 'requiredTools',
    reason: `does not offer the tool \`${shownName(pattern)}\`, which is required here`,
    help: 'let Claude Code have it, or the MCP server that has it (`/mcp`)',
  }
}
