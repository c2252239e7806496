/** A count of tokens, short: `345`, `1.2k`, `85k`, `1.3M`, `16B`. */
export function shortCount(count: number): string {
  if (count < 1000) return String(count)
  if (count < 999_500) return `${short(count / 1000)}k`
  return count < 999_500_000 ? `${short(count / 1_000_000)}M` : `${short(count / 1e9)}B`
}

/** A duration, short: `12ms`, `0.8s`, `42s`, `3m12s`, `2h05m`. */
export function shortDuration(durationMs: number): string {
  if (durationMs < 99.5) return `${Math.round(durationMs)}ms`
  if (durationMs < 59_500) return `${short(durationMs / 1000)}s`
  const seconds = Math.round(durationMs / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${pad(seconds % 60)}s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)}h${pad(minutes % 60)}m`
}

/** The same with more digits: `612.3ms`, `4.20s`, `3m12s`. */
export function fullDuration(durationMs: number): string {
  if (durationMs >= 60_000) return shortDuration(durationMs)
  return durationMs < 1000 ? `${durationMs.toFixed(1)}ms` : `${(durationMs / 1000).toFixed(2)}s`
}

/** A size: `512 B`, `85 kB`, `1.2 MB`, in powers of 1000. */
export function shortSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 999_500 ? `${short(bytes / 1000)} kB` : `${short(bytes / 1_000_000)} MB`
}

/** An amount of USD: `$0`, `$0.0042`, `$0.42`, `$12.30`. */
export function shortMoney(usd: number): string {
  if (usd === 0) return '$0'
  if (usd < 0.0001) return '<$0.0001'
  return `$${usd.toFixed(usd < 0.00995 ? 4 : 2)}`
}

/** `14:03:22`, local time. */
export function clockTime(moment: Date): string {
  return [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(pad).join(':')
}

/** `2026-11-20`, local time. */
export function calendarDate(moment: Date): string {
  return [moment.getFullYear(), pad(moment.getMonth() + 1), pad(moment.getDate())].join('-')
}

function short(value: number): string {
  return value < 9.95 ? value.toFixed(1) : String(Math.round(value))
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
