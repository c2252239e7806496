/** The shells that `claude-gw env` can write for, and JSON for editors. */
export const SHELLS = ['sh', 'fish', 'powershell', 'json'] as const

export type Shell = (typeof SHELLS)[number]
