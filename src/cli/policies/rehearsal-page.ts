import { placesOf } from '../../json/place.ts'
import type { Span } from '../../json/scanner.ts'
import { costOf } from '../../policies/cost-of.ts'
import { standingText } from '../../policies/limits/budget.ts'
import type { PolicyRequest } from '../../policies/policy.ts'
import type { Rehearsal } from '../../policies/rehearsal.ts'
import type { Palette } from '../output.ts'
import { escapeControls } from '../output.ts'
import { fullDuration, shortSize } from '../text/quantity.ts'
import type { RehearsedRule } from './rehearsed-rules.ts'
import { rehearsedRules } from './rehearsed-rules.ts'
import { shownNames } from './shown-names.ts'

export interface RehearsalView {
  readonly palette: Palette
  readonly isTextShown: boolean
}

const MOST_SPANS = 20
const LONGEST_TEXT = 120

/** What would happen, for reading. */
export function rehearsalPage(request: PolicyRequest, rehearsal: Rehearsal, view: RehearsalView): string {
  const rules = rehearsedRules(rehearsal)
  const width = Math.max(...rules.map(({ rule }) => rule.length), 0)
  const names = view.isTextShown ? undefined : shownNames(rules)
  const lines = rules.flatMap((rule) => [
    ruleLine(rule, width, view.palette),
    ...spanLines(rule, view, names?.(rule.body)),
  ])
  const { palette } = view
  const title = [request.path, request.model ?? 'no model', shortSize(request.body.length)].map(
    escapeControls,
  )
  return `${[palette.bold(title.join(' · ')), '', ...lines, '', outcomeLine(request, rehearsal, palette), ...answerLines(rehearsal), costLine(request, rules)].join('\n')}\n`
}

function ruleLine(
  { rule, action, count, costMs, sight }: RehearsedRule,
  width: number,
  { dim, yellow }: Palette,
): string {
  const found = `${action.padEnd(8)} ${String(count).padStart(5)}`
  const cost = costMs === undefined ? '' : dim(`  ${costText(costMs).padStart(8)}`)
  const line = `${escapeControls(rule).padEnd(width)}  ${found}`
  const account = sight?.account ? `  ${standingText(sight.account)}` : ''
  return `${count > 0 ? yellow(line) : line}${cost}${account}`
}

function spanLines(
  { sight, body }: RehearsedRule,
  { palette, isTextShown }: RehearsalView,
  isShown?: (name: Span) => boolean,
): string[] {
  const spans = sight?.spans ?? []
  const shown = spans.slice(0, MOST_SPANS)
  const places = placesOf(
    body,
    shown.map(({ start }) => start),
    isShown,
  )
  const lines = shown.map(({ start, end, bytes }, index) => {
    const where = `${escapeControls(places[index] ?? '')} ${palette.dim(start === end ? `at ${start}` : `${start}–${end}`)}`
    const text = isTextShown && end > start ? ` ${quotedText(body.toString('utf8', start, end))}` : ''
    const instead = bytes ? ` → ${quotedText(Buffer.from(bytes).toString())}` : ''
    return `    ${where}${text}${instead}`
  })
  return spans.length > MOST_SPANS ? [...lines, `    and ${spans.length - MOST_SPANS} more`] : lines
}

function quotedText(text: string): string {
  const short = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text
  return escapeControls(short)
}

function outcomeLine({ body }: PolicyRequest, { verdict }: Rehearsal, { bold }: Palette): string {
  const { rejection, body: sent } = verdict
  if (rejection)
    return bold(
      `It would be refused: ${rejection.status} ${rejection.type}, ${escapeControls(rejection.message)}. What comes behind that is not asked.`,
    )
  return bold(
    sent
      ? `It would be sent, changed: ${shortSize(sent.length)}.`
      : `It would be sent as it is: ${shortSize(body.length)}.`,
  )
}

/** By rule, action and count alone. */
function answerLines({ answer }: Rehearsal): string[] {
  if (!answer) return []
  if (answer.length === 0) return ['In its answer nothing would be found.']
  const found = answer.map(({ rule, action, count }) => `${count} × ${escapeControls(rule)} (${action})`)
  return [`In its answer would be found: ${found.join(', ')}.`]
}

/** So that a figure can be judged on any machine. */
function costLine({ body }: PolicyRequest, rules: readonly RehearsedRule[]): string {
  const sumMs = rules.reduce((sum, { costMs = 0 }) => sum + costMs, 0)
  const parsingMs = costOf(() => parse(body))
  return `Looking takes ${costText(sumMs)}, one JSON.parse of this body ${costText(parsingMs)}. In a conversation only what is new is looked at.`
}

function costText(costMs: number): string {
  return costMs < 1 ? `${costMs.toFixed(2)}ms` : fullDuration(costMs)
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}
