import type { ExchangeRecord } from '../../exchange/exchange.ts'
import { fullDuration } from '../text/quantity.ts'

type Fact = readonly [label: string, value: string | undefined]

/** A part of the time that an exchange took, in milliseconds from the last byte of its request. */
interface Phase {
  readonly label: string
  readonly startMs: number
  readonly endMs: number
}

const WIDTH = 24
const FILLED = '█'
const EMPTY = '·'

/** The phases of an exchange as bars, one below the other. */
export function timingFacts(record: ExchangeRecord): readonly Fact[] {
  const phases = phasesOf(record)
  const totalMs = Math.max(0, ...phases.map(({ endMs }) => endMs))
  return [
    ...phases.map((phase) => [phase.label, `${barOf(phase, totalMs)}  ${phaseText(record, phase)}`] as const),
    ['per token', record.ms_per_token == null ? undefined : fullDuration(record.ms_per_token)],
  ]
}

/** How long an attempt took and what came of it; of the others, when they were over. */
function phaseText({ attempts = [] }: ExchangeRecord, { label, endMs }: Phase): string {
  const attempt = attempts[Number(/^attempt (\d+)$/.exec(label)?.[1]) - 1]
  if (!attempt) return fullDuration(endMs)
  return [attempt.status?.toString(), fullDuration(attempt.duration_ms), attempt.reason]
    .filter(Boolean)
    .join(', ')
}

/** What went on one after another: attempts without an answer, then waiting, thinking, and the rest of the answer. */
function phasesOf({ attempts = [], ttfb_ms, ttft_ms, duration_ms }: ExchangeRecord): readonly Phase[] {
  const phases: Phase[] = []
  let startMs = 0
  const add = (label: string, endMs: number | null | undefined) => {
    if (endMs === undefined || endMs === null) return
    phases.push({ label, startMs: Math.min(startMs, endMs), endMs })
    startMs = Math.max(startMs, endMs)
  }
  for (const [index, attempt] of attempts.entries())
    add(`attempt ${index + 1}`, startMs + attempt.duration_ms)
  add('first byte', ttfb_ms)
  add('first token', ttft_ms)
  add('total', duration_ms)
  return phases
}

/** Where in the whole a phase lies, in cells; one that took any time has at least one. */
function barOf({ startMs, endMs }: Phase, totalMs: number): string {
  const cellOf = (ms: number) => (totalMs > 0 ? Math.min(WIDTH, Math.round((ms / totalMs) * WIDTH)) : 0)
  const isSomething = endMs > startMs
  const start = Math.min(cellOf(startMs), isSomething ? WIDTH - 1 : WIDTH)
  const length = Math.max(cellOf(endMs) - start, isSomething ? 1 : 0)
  return EMPTY.repeat(start) + FILLED.repeat(length) + EMPTY.repeat(WIDTH - start - length)
}
