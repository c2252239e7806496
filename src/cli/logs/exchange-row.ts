import type { ExchangeRecord, Outcome } from '../../exchange/exchange.ts'
import type { Palette } from '../output.ts'
import { escapeControls } from '../output.ts'
import { calendarDate, clockTime, shortCount, shortDuration, shortMoney } from '../text/quantity.ts'
import type { Cell, Column, Row } from '../text/table.ts'
import { noteForms } from './exchange-note.ts'

/** The columns of `logs`, one for each cell of `exchangeRow`. `logs show` wants an id, so that goes last of what may go. */
export const EXCHANGE_COLUMNS: readonly Column[] = [
  { title: 'TIME', isRight: true, minWidth: 8 },
  { title: 'MODEL', minWidth: 20, shrinksTo: 16 },
  { title: 'STATUS', minWidth: 7 },
  { title: 'IN', isRight: true, minWidth: 4 },
  { title: 'OUT', isRight: true, minWidth: 4 },
  { title: 'CACHE', isRight: true, rank: 2 },
  { title: 'COST', isRight: true, minWidth: 5, rank: 6 },
  { title: 'TTFT', isRight: true, minWidth: 4, rank: 3 },
  { title: 'TOTAL', isRight: true, minWidth: 5, rank: 4 },
  { title: 'SESSION', minWidth: 8, rank: 1 },
  { title: 'ID', minWidth: 8, rank: 7 },
  { title: 'NOTE', cuts: 'end', minWidth: 60, shrinksTo: 14, rank: 5 },
]

/** Short words for outcomes. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  ok: 'ok',
  http_error: 'error',
  upstream_error: 'failed',
  truncated: 'cut',
  client_aborted: 'aborted',
  refused: 'refused',
}

const ABSENT = '-'
const UNKNOWN = '?'
const SHORT_ID = 8
const SUBAGENT = '↳ '
const MESSAGE_CALLS = new Set(['messages', 'completions', 'responses'])

/** One exchange as a row of `logs`; what came over the wire is escaped. */
export function exchangeRow(record: ExchangeRecord, palette: Palette, now: Date): Row {
  const tokens = tokensOf(record)
  return [
    { forms: timeForms(new Date(record.ts), now), paint: palette.dim },
    modelCell(record),
    statusCell(record, palette),
    { forms: [tokens.input] },
    { forms: [tokens.output] },
    { forms: [tokens.cached] },
    { forms: [costOf(record)] },
    { forms: [durationOf(record.ttft_ms)] },
    { forms: [durationOf(record.duration_ms)] },
    { forms: [escapeControls(record.session_id ?? ABSENT).slice(0, SHORT_ID)], paint: palette.dim },
    { forms: [escapeControls(record.id).slice(-SHORT_ID)], paint: palette.dim },
    { forms: noteForms(record), paint: record.outcome === 'ok' ? palette.dim : palette.yellow },
  ]
}

/** The date only where it is not today; it gives way to the time. */
function timeForms(start: Date, now: Date): Cell['forms'] {
  const date = calendarDate(start)
  const time = clockTime(start)
  if (date === calendarDate(now)) return [time]
  const isThisYear = start.getFullYear() === now.getFullYear()
  return [`${isThisYear ? date.slice(5) : date} ${time}`, time]
}

/** The model. Where something else than a message was asked for, that is named, and stays when space is short. */
function modelCell({ model, method, path, agent_id }: ExchangeRecord): Cell {
  const mark = agent_id === undefined ? '' : SUBAGENT
  const call = escapeControls(path.split('/').at(-1) ?? '')
  if (model === undefined) return { forms: [mark + escapeControls(`${method} ${path}`), mark + call] }
  const [full, ...shorter] = shortModels(escapeControls(model ?? UNKNOWN))
  if (MESSAGE_CALLS.has(call)) return { forms: [mark + full, ...shorter.map((name) => mark + name)] }
  const named = shorter.map((name) => `${mark}${call} ${name}`)
  return { forms: [`${mark}${call} ${full}`, ...named, mark + call] }
}

/** The model's name without its date, then without the vendor's path, then without the family. */
export function shortModels(model: string): [string, ...string[]] {
  const undated = model.replace(/-\d{8}(-v\d+(:\d+)?)?$/, '')
  const local = undated.replace(/^.*[./](?=[a-z])/, '')
  return [model, undated, local, local.replace(/^claude-/, '')]
}

function statusCell(record: ExchangeRecord, palette: Palette): Cell {
  const { outcome, status = record.client_status } = record
  const isWhole = outcome === 'ok' || outcome === 'http_error'
  const text =
    isWhole && status !== undefined ? String(status) : (OUTCOME_WORDS[outcome] ?? escapeControls(outcome))
  if (outcome === 'ok') return { forms: [text], paint: palette.green }
  const isPassing = status === 429 || status === 529 || outcome === 'client_aborted'
  return { forms: [text], paint: isPassing ? palette.yellow : palette.red }
}

/** The whole prompt is what was read from the cache, what was written to it, and the rest. */
const PROMPT = ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens', 'prompt_tokens']

/** Anthropic's names of the counters, and those of OpenAI-style answers. */
function tokensOf({ usage }: ExchangeRecord): Record<'input' | 'output' | 'cached', string> {
  const sum = (...names: string[]) => {
    if (usage === null) return UNKNOWN
    const counts = names.map((name) => usage?.[name]).filter((value) => typeof value === 'number')
    return counts.length > 0 ? shortCount(counts.reduce((total, count) => total + count, 0)) : ABSENT
  }
  return {
    input: sum(...PROMPT),
    output: sum('output_tokens', 'completion_tokens'),
    cached: sum('cache_read_input_tokens'),
  }
}

function costOf({ cost_usd }: ExchangeRecord): string {
  if (cost_usd === null) return UNKNOWN
  return cost_usd === undefined ? ABSENT : shortMoney(cost_usd)
}

function durationOf(durationMs: number | null | undefined): string {
  if (durationMs === null) return UNKNOWN
  return durationMs === undefined ? ABSENT : shortDuration(durationMs)
}
