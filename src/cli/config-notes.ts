import type { Writable } from 'node:stream'
import type { Config } from '../config/config.ts'
import { escapeControls } from './output.ts'

/** Tells a person which configuration files do not count, and why; once, before a child has the terminal. */
export function tellConfigNotes(
  { notes }: Config,
  stderr: Writable,
  { isQuiet }: { readonly isQuiet: boolean },
): void {
  if (isQuiet) return
  for (const note of notes) stderr.write(`claude-gw: ${escapeControls(note)}\n`)
}
