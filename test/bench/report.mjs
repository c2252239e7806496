const COLUMNS = ['', 'direct', 'http-proxy-3', 'claude-gw', 'ratio', '90 % interval', 'aim', '']

/** The figures as a table for people. */
export function table(figures) {
  const rows = [COLUMNS, ...figures.map(rowOf)]
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const pad = (text, column) => (column === 0 ? text.padEnd(widths[column]) : text.padStart(widths[column]))
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}

function rowOf(figure) {
  const { label, unit, direct, plain, gateway, isAdded, aim, isMet } = figure
  const value = (number, sign = '') => (number === undefined ? '' : `${sign}${short(number)} ${unit}`)
  const sign = isAdded ? '+' : ''
  return [
    label,
    value(direct),
    value(plain, sign),
    value(gateway, sign),
    ...comparison(figure),
    aim ? aimText(aim) : '',
    aim ? (isMet ? 'met' : 'MISSED') : '',
  ]
}

function comparison({ ratio, added, interval, unit }) {
  const spread = `${short(interval[0])} - ${short(interval[1])}`
  return [ratio === undefined ? `+${short(added)} ${unit}` : `${ratio.toFixed(2)}x`, spread]
}

function aimText({ atMost, atLeast, of }) {
  const bound = atMost === undefined ? `>= ${atLeast}` : `<= ${atMost}`
  return of === 'ratio' ? `${bound}x` : `${bound} ms`
}

/** Three digits that matter. */
function short(number) {
  if (Math.abs(number) >= 100) return number.toFixed(0)
  return Math.abs(number) >= 10 ? number.toFixed(1) : number.toFixed(2)
}
