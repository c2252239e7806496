import type { CheckReport } from './local-examination.ts'

/** What was found of which fault. */
export type VerdictRow = readonly [fault: string, report: CheckReport | undefined]

/** A table for people: fault, verdict, remedy. */
export function verdictTable(title: string, rows: readonly VerdictRow[]): string {
  const lines = rows.map(([fault, report]) => {
    const { id = '', verdict = '', remedy = '' } = report ?? {}
    return `| ${fault} | \`${id}\`: ${verdict} | ${remedy.replaceAll('|', '\\|')} |`
  })
  return [
    `# ${title}`,
    '',
    '| It … | What `doctor` finds | What it says to do |',
    '| --- | --- | --- |',
    ...lines,
    '',
  ].join('\n')
}
