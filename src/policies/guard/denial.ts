/** The keys of `policies.guard` that a refusal can come from. */
export type GuardKey = 'paths' | 'maxBytes' | 'models' | 'tools' | 'requiredTools' | 'deny' | 'onError'

/** Why a request is refused. */
export interface Denial {
  /** In records. */
  readonly rule: string
  readonly key: GuardKey
  readonly count?: number
  /** What about the request is not allowed. */
  readonly reason: string
  /** What its sender can do. */
  readonly help: string
}

/** A request cannot be looked through; the message goes on from "the request". */
export class Unreadable extends Error {}

export function notJson(): Unreadable {
  return new Unreadable('is no JSON object, so that it cannot be looked at')
}
