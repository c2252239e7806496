import type { JsonObject } from '../../json/object.ts'
import { isJsonObject } from '../../json/object.ts'
import { assembleAnswer } from '../../usage/assemble.ts'
import type { Paint, Palette } from '../output.ts'
import { escapeControls } from '../output.ts'
import { foldLines, oneLineOf, wrapText } from '../text/folded-text.ts'
import { shortSize } from '../text/quantity.ts'

export interface ConversationView {
  readonly palette: Palette
  /** In terminal cells. */
  readonly width: number
  /** Shows what is folded otherwise. */
  readonly isFull: boolean
}

/** A turn: who, and what. */
interface Turn {
  readonly role: string
  readonly content: unknown
}

const INDENT = '  '
const LAST_TURNS = 6
const TEXT_LINES = 15
const RESULT_LINES = 4

/**
 * What was said, for reading: the last turns of a request and its answer. Older turns, thinking, inputs and results of
 * tools and the system's words are folded.
 * @param request undefined where it is not kept, as `response`
 * @returns undefined where neither is of the Messages API
 */
export function conversationText(
  { request, response }: { readonly request?: Buffer; readonly response?: Buffer },
  view: ConversationView,
): string | undefined {
  const asked = request && assembleAnswer(request)
  const answered = response && assembleAnswer(response)
  const turns = turnsOf(asked, answered)
  if (turns.length === 0) return undefined
  const shown = view.isFull ? turns : turns.slice(-LAST_TURNS)
  const older = turns.length - shown.length
  const note = older > 0 ? [view.palette.dim(`${INDENT}… ${older} earlier turns`)] : []
  const lines = [
    ...preface(asked ?? {}, view),
    ...note,
    ...shown.flatMap((turn) => ['', ...turnLines(turn, view)]),
  ]
  const hint = view.isFull ? '' : view.palette.dim('  (`--full` unfolds)')
  return [`${view.palette.bold('Conversation')}${hint}`, ...lines].join('\n')
}

function turnsOf(asked: JsonObject | undefined, answered: JsonObject | undefined): Turn[] {
  const messages = Array.isArray(asked?.['messages']) ? asked['messages'] : []
  const turns = messages.filter(isJsonObject).map(({ role, content }) => ({ role: String(role), content }))
  const { content, error } = answered ?? {}
  if (content !== undefined) turns.push({ role: String(answered?.['role'] ?? 'assistant'), content })
  if (isJsonObject(error)) turns.push({ role: 'error', content: `${error['type']}: ${error['message']}` })
  return turns
}

/** What stands before the first turn: it is the same in every request of a session. */
function preface({ system, tools }: JsonObject, view: ConversationView): string[] {
  const lines: string[] = []
  const systemText = textOf(system)
  if (systemText) lines.push(...section('system', shortSize(Buffer.byteLength(systemText)), systemText, view))
  if (Array.isArray(tools) && tools.length > 0) {
    const names = tools.map((tool) => (isJsonObject(tool) ? String(tool['name']) : '?')).join(', ')
    lines.push(...section('tools', `${tools.length}: ${names}`, JSON.stringify(tools, undefined, 2), view))
  }
  return lines
}

function section(
  name: string,
  summary: string,
  text: string,
  { palette, width, isFull }: ConversationView,
): string[] {
  const head = `${INDENT}${palette.dim(name.padEnd(8))}${oneLineOf(summary, width - 10)}`
  return isFull ? [head, ...indented(wrapText(text, width - 4), 2)] : [head]
}

function turnLines({ role, content }: Turn, view: ConversationView): string[] {
  const paint = paintOf(role, view.palette)
  const blocks = Array.isArray(content) ? content : [{ type: 'text', text: content }]
  return [`${INDENT}${paint(escapeControls(role))}`, ...blocks.flatMap((block) => blockLines(block, view))]
}

function paintOf(role: string, { green, bold, red, yellow }: Palette): Paint {
  switch (role) {
    case 'user':
      return green
    case 'assistant':
      return bold
    case 'error':
      return red
    default:
      return yellow
  }
}

function blockLines(block: unknown, view: ConversationView): string[] {
  if (!isJsonObject(block)) return []
  switch (block['type']) {
    case 'text':
      return textLines(String(block['text'] ?? ''), view)
    case 'thinking':
      return thinkingLines(String(block['thinking'] ?? ''), view)
    case 'redacted_thinking':
      return noteLines('thinking that only the upstream can read', view)
    case 'tool_use':
    case 'server_tool_use':
      return callLines(block, view)
    case 'tool_result':
      return resultLines(block, view)
    case 'image':
    case 'document':
      return noteLines(mediaNote(block), view)
    default:
      return noteLines(`${block['type']}, ${shortSize(JSON.stringify(block).length)}`, view)
  }
}

function textLines(text: string, { width, isFull }: ConversationView): string[] {
  const lines = wrapText(text, width - 4)
  return indented(isFull ? lines : foldLines(lines, TEXT_LINES), 2)
}

function thinkingLines(text: string, view: ConversationView): string[] {
  const note = noteLines(
    text ? `thinking, ${shortSize(Buffer.byteLength(text))}` : 'thinking, not shown by the upstream',
    view,
  )
  return view.isFull && text
    ? [...note, ...indented(wrapText(text, view.width - 6), 3).map(view.palette.dim)]
    : note
}

function callLines({ name, input }: JsonObject, view: ConversationView): string[] {
  const { palette, width, isFull } = view
  const label = `→ ${escapeControls(String(name))} `
  if (!isFull)
    return indented(
      [`${palette.yellow(label)}${oneLineOf(JSON.stringify(input ?? {}), width - 5 - label.length)}`],
      2,
    )
  const text = isJsonObject(input) ? inputText(input) : JSON.stringify(input ?? null)
  return [...indented([palette.yellow(label)], 2), ...indented(wrapText(text, width - 6), 3)]
}

/** The texts in it, such as commands and files, with their line breaks. */
function inputText(input: JsonObject): string {
  return Object.entries(input)
    .map(
      ([name, value]) =>
        `${name}: ${typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)}`,
    )
    .join('\n')
}

function resultLines({ content, is_error }: JsonObject, view: ConversationView): string[] {
  const { palette, width, isFull } = view
  const text = textOf(content)
  const lines = wrapText(text, width - 6)
  const label = `← ${is_error === true ? 'error' : 'result'}, ${shortSize(Buffer.byteLength(text))}`
  const shown = isFull ? lines : foldLines(lines, RESULT_LINES)
  return [
    ...indented([(is_error === true ? palette.red : palette.yellow)(label)], 2),
    ...indented(shown, 3).map(palette.dim),
  ]
}

function mediaNote({ type, source }: JsonObject): string {
  const { media_type, data, url } = isJsonObject(source) ? source : {}
  const size = typeof data === 'string' ? shortSize(Math.floor((data.length * 3) / 4)) : undefined
  return [type, media_type, size ?? url].filter((part) => typeof part === 'string').join(', ')
}

function noteLines(text: string, { palette, width }: ConversationView): string[] {
  return indented([palette.dim(`[${oneLineOf(text, width - 6)}]`)], 2)
}

/** Of a text, or of a list of blocks; what is no text in it is named. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  const parts = content.filter(isJsonObject).map((block) => {
    if (typeof block['text'] === 'string') return block['text']
    return `[${mediaNote(block)}]`
  })
  return parts.join('\n')
}

function indented(lines: readonly string[], depth: number): string[] {
  return lines.map((line) => (line ? INDENT.repeat(depth) + line : line))
}
