import type { Verdict } from '../../doctor/check.ts'
import type { Report } from '../../doctor/examination.ts'
import { oneLine, plainText } from '../../exchange/one-line.ts'
import { redact } from '../../exchange/redact.ts'
import type { Paint, Palette } from '../output.ts'
import { escapeControls } from '../output.ts'

const SIGNS: Readonly<Record<Verdict, string>> = { ok: '✓', warn: '!', fail: '✗', skipped: '–' }
const VERDICT_COLUMN = 8

/** A check with what it found, and what mends it. */
export function reportLines(report: Report, palette: Palette): string {
  const { title, finding } = report
  const { verdict, remedy } = finding
  const paint = paintOf(verdict, palette)
  const head = `${paint(`${SIGNS[verdict]} ${verdict.padEnd(VERDICT_COLUMN)}`)} ${escapeControls(title)}`
  const evidence = `${palette.dim(evidenceOf(report))}`
  const lines = [
    `${head}: ${evidence}`,
    ...(remedy ? [`${' '.repeat(VERDICT_COLUMN + 3)}→ ${escapeControls(remedy)}`] : []),
  ]
  return lines.join('\n')
}

/** What an upstream said may hold anything; what was seen on this machine is in words of ours, and names files and keys. */
export function evidenceOf({ isLocal, finding: { evidence } }: Report): string {
  if (!isLocal) return escapeControls(oneLine(evidence, [], { areIdsPublic: true }))
  return escapeControls(redact(plainText(evidence).replace(/\s+/g, ' ').trim(), []).text)
}

/** How many of each, and what of Claude Code suffers. */
export function summaryLines(reports: readonly Report[], { bold, red, green }: Palette): string {
  const count = (verdict: Verdict) => reports.filter(({ finding }) => finding.verdict === verdict).length
  const [failed, warned] = [count('fail'), count('warn')]
  const counts = `${count('ok')} ok, ${warned} warned, ${failed} failed, ${count('skipped')} skipped`
  const degraded = degradedFeatures(reports)
  const paint = failed > 0 ? red : green
  return [bold(paint(counts)), ...degraded.map((feature) => `  suffers: ${feature}`)].join('\n')
}

/** What of Claude Code suffers from all that was found. */
export function degradedFeatures(reports: readonly Report[]): readonly string[] {
  return [...new Set(reports.flatMap(({ finding }) => finding.degrades ?? []))]
}

function paintOf(verdict: Verdict, { green, yellow, red, dim }: Palette): Paint {
  return { ok: green, warn: yellow, fail: red, skipped: dim }[verdict]
}
