/** Environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Whether Claude Code takes the value of a switch for yes (measured: anything else is no). */
export function isOn(value: string | undefined): boolean {
  return ['1', 'true', 'yes', 'on'].includes(value?.trim().toLowerCase() ?? '')
}
