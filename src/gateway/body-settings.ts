/** Which bodies are kept, and where. */
export interface BodySettings {
  /** `errors` keeps those of exchanges whose outcome is not `ok`. */
  readonly level: 'errors' | 'full'
  readonly directory: string
}
