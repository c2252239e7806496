import { spawnSync } from 'node:child_process'
import { isInForeground } from './process-state.ts'

export interface TerminalHost {
  readonly pid: number
  readonly platform: NodeJS.Platform
  readonly stdout: { readonly isTTY?: boolean; write(text: string): unknown }
}

/**
 * What a full-screen program may have left on: mouse and focus reports, bracketed paste, keyboard protocols, the
 * alternate screen (left by 1047, which does not move the cursor), a hidden cursor, colours
 * (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html).
 */
const RESET =
  '\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[<u\x1b[>4;0m\x1b[?1047l\x1b[?25h\x1b[0m'

/**
 * Puts the terminal back in order after a child that was killed and could not do it. Does nothing without one, and
 * from the background, where it is not ours: there a change of it would stop us (termios(3), SIGTTOU).
 */
export function restoreTerminal(host: TerminalHost): void {
  if (!host.stdout.isTTY || !isInForeground(host)) return
  if (host.platform !== 'win32') spawnSync('stty', ['sane'], { stdio: ['inherit', 'ignore', 'ignore'] })
  host.stdout.write(RESET)
}
