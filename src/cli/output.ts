import type { Writable } from 'node:stream'
import { GatewayError, reasonOf } from '../base/errors.ts'
import type { Context } from './context.ts'

export type Paint = (text: string) => string

/** The colours in use; where there are none, each gives back its text. */
export interface Palette {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
}

const plain: Paint = (text) => text
const PLAIN: Palette = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain }

/**
 * Colours for what goes to `stream`. `--no-color` switches them off; then FORCE_COLOR decides (it is stronger
 * than NO_COLOR, as in Node.js), then NO_COLOR (https://no-color.org), then whether it is a terminal.
 */
export async function openPalette(context: Context, stream: { readonly isTTY?: boolean }): Promise<Palette> {
  if (!wantsColor(context, stream)) return PLAIN
  const { Chalk } = await import('chalk')
  return new Chalk({ level: 1 })
}

function wantsColor({ env, options }: Context, stream: { readonly isTTY?: boolean }): boolean {
  if (!options.canColor) return false
  const forced = env['FORCE_COLOR']
  if (forced) return forced !== '0' && forced !== 'false'
  return !env['NO_COLOR'] && env['TERM'] !== 'dumb' && stream.isTTY === true
}

/** A line for people, unless they want none. */
export function tell({ stderr, options }: Pick<Context, 'stderr' | 'options'>, line: string): void {
  if (!options.isQuiet) stderr.write(`claude-gw: ${escapeControls(line)}\n`)
}

/** Control and invisible characters: they could move the cursor, or turn the text around them. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A text from the wire, safe for a terminal: ESC becomes the four characters `\x1b`. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (character) => NAMED[character] ?? codeOf(character))
}

function codeOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16)
  if (code.length <= 2) return `\\x${code.padStart(2, '0')}`
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\u{${code}}`
}

/** The same JSON, safe for a terminal: control characters as the escapes of RFC 8259. */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE, (character) =>
    Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

/**
 * Writes a text and waits until it is on its way.
 * @returns false when nobody reads any more, as in `claude-gw logs | head`
 * @throws GatewayError OUTPUT_UNWRITABLE
 */
export function print(stream: Writable, text: string | Buffer): Promise<boolean> {
  if (!stream.listeners('error').includes(ignoreError)) stream.on('error', ignoreError)
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (!error) resolve(true)
      else if ((error as NodeJS.ErrnoException).code === 'EPIPE') resolve(false)
      else reject(new GatewayError('OUTPUT_UNWRITABLE', { reason: reasonOf(error) }, error))
    })
  })
}

/** The callback of each write gets the error; without a listener it would also end the process. */
function ignoreError(): void {}
