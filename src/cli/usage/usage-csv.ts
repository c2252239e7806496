import { createSums, figuresOf } from '../../usage/figures.ts'
import { fieldOf } from './usage-axes.ts'
import { rowObject } from './usage-json.ts'
import type { UsageAnswer } from './usage-rows.ts'

/** What `usage --csv` prints (RFC 4180): a line of names, then one for each row; what is not known is empty. */
export function usageCsv(answer: UsageAnswer): string {
  const names = [...answer.by.map(fieldOf), ...Object.keys(figuresOf(createSums()))]
  const rows = answer.rows.map((row) => Object.values(rowObject(row, answer)))
  return [names, ...rows].map((values) => `${values.map(csvField).join(',')}\r\n`).join('')
}

/** Programs for tables run a text that begins like a formula (https://owasp.org/www-community/attacks/CSV_Injection). */
function csvField(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
