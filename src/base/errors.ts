import type { ApiErrorType, ErrorEntry } from './error-table.ts'
import { ERROR_TABLE } from './error-table.ts'

export type ErrorCode = keyof typeof ERROR_TABLE

/** An error that a user can meet. Match on `code`, never on the text. */
export class GatewayError extends Error {
  readonly code: ErrorCode
  readonly exitCode: number
  readonly status: number
  readonly type: ApiErrorType
  readonly canRetry: boolean
  readonly remedy: string
  /** After how many whole seconds another try makes sense; from the detail of that name. */
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, details: Readonly<Record<string, string | number>> = {}, cause?: unknown) {
    const entry: ErrorEntry = ERROR_TABLE[code]
    super(fill(entry.message, details), cause === undefined ? undefined : { cause })
    this.name = 'GatewayError'
    this.code = code
    this.exitCode = entry.exit
    this.status = entry.status ?? 500
    this.type = entry.type ?? 'api_error'
    this.canRetry = entry.retry ?? false
    this.remedy = fill(entry.remedy, details)
    const { retryAfterSeconds } = details
    this.retryAfterSeconds = typeof retryAfterSeconds === 'number' ? retryAfterSeconds : undefined
  }
}

function fill(template: string, details: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? ''))
}

/** The text of anything thrown, for a person: a system error by its code where it has one. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = (error as NodeJS.ErrnoException).code
  const message = error.message.replace(OF_OPENSSL, '$1')
  return code !== undefined && !message.includes(code)
    ? `${message} (${code})`
    : message || code || error.name
}

/** Numbers, functions and lines of its sources stand around what OpenSSL says. */
const OF_OPENSSL = /(?:[0-9A-F]+:)?error:[0-9A-F]{8}:[^:]*:[^:]*:([^:\n]+)(?::.*)?$/s

/** The same without its code, for an error of ours: its text says it all. */
export function messageOf(error: unknown): string {
  return error instanceof GatewayError ? error.message : reasonOf(error)
}
