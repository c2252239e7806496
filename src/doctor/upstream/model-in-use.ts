/** A model that Claude Code asks for. */
export interface ModelInUse {
  readonly asked: string
  /** What is sent for it. */
  readonly sent: string
  /** Nobody named it: Claude Code takes it by itself, which one hangs on its version. */
  readonly isOwnChoice?: boolean
}
