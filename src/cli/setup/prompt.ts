import { GatewayError } from '../../base/errors.ts'
import type { Context } from '../context.ts'

/** Whether there is a person to ask. The questions go to stderr, so that stdout stays for results. */
export function canAsk({ stderr }: Pick<Context, 'stderr'>): boolean {
  return process.stdin.isTTY === true && stderr.isTTY === true
}

/**
 * Asks for a secret, which is not shown.
 * @param check gives what is wrong with an answer, for the person to correct it
 * @throws GatewayError LOGIN_CANCELLED, CREDENTIAL_FAILED for several lines
 */
export async function askSecret(
  context: Context,
  message: string,
  check: (secret: string) => string | undefined,
): Promise<string> {
  let hasMoreLines = false
  // Of what is pasted only the first line would be taken.
  const onData = (data: Buffer | string) => {
    hasMoreLines = /[\r\n]\s*\S/.test(String(data))
  }
  process.stdin.on('data', onData)
  try {
    const validate = (text = '') => check(text.trim())
    const secret = await ask(context, (clack, output) => clack.password({ message, validate, output }))
    if (hasMoreLines) throw severalLines()
    return secret.trim()
  } finally {
    process.stdin.off('data', onData)
  }
}

function severalLines(): GatewayError {
  const remedy = 'nothing was stored; give it again as one line'
  return new GatewayError('CREDENTIAL_FAILED', { reference: 'given', reason: 'it has several lines', remedy })
}

/**
 * Asks for a text.
 * @param offered the answer of somebody who types none; empty for none
 * @param check gives what is wrong with an answer, for the person to correct it
 * @throws GatewayError LOGIN_CANCELLED
 */
export async function askText(
  context: Context,
  message: string,
  offered: string,
  check: (text: string) => string | undefined,
): Promise<string> {
  const validate = (text = '') => check(text.trim() || offered)
  const text = await ask(context, (clack, output) =>
    clack.text({ message, placeholder: offered, defaultValue: offered, validate, output }),
  )
  return text.trim()
}

/** Asks a question whose answer is no, unless a person says yes. @throws GatewayError LOGIN_CANCELLED */
export function askYes(context: Context, message: string): Promise<boolean> {
  return ask(context, (clack, output) => clack.confirm({ message, initialValue: false, output }))
}

/** Asks for one of several answers. @param labels by answer; those without one are not offered @throws GatewayError LOGIN_CANCELLED */
export async function askChoice<T extends string>(
  context: Context,
  message: string,
  labels: Readonly<Partial<Record<T, string>>>,
  initialValue: NoInfer<T>,
): Promise<T> {
  const options = Object.entries<string>(labels as Readonly<Record<string, string>>).map(
    ([value, label]) => ({ value, label }),
  )
  const answer = await ask<string>(context, (clack, output) =>
    clack.select({ message, options, initialValue, output }),
  )
  return answer as T
}

type Clack = typeof import('@clack/prompts')
type Answer<T> = Promise<T | Clack['CANCEL_SYMBOL']>

const CTRL_D = '\x04'
const SHOW_CURSOR = '\x1b[?25h'

/** The library cancels at Ctrl-C and Esc only, and a signal would find the cursor hidden. */
async function ask<T>(
  { stderr, options }: Context,
  show: (clack: Clack, output: Context['stderr']) => Answer<T>,
): Promise<T> {
  if (!options.canColor) switchColorsOff()
  const clack = await import('@clack/prompts')
  clack.updateSettings({ aliases: { [CTRL_D]: 'cancel' } })
  const onExit = () => stderr.write(SHOW_CURSOR)
  process.once('exit', onExit)
  try {
    const answer = await show(clack, stderr)
    if (clack.isCancel(answer)) throw new GatewayError('LOGIN_CANCELLED')
    return answer
  } finally {
    process.off('exit', onExit)
  }
}

/** The library leaves its colours to Node.js, which asks the environment alone. */
function switchColorsOff(): void {
  delete process.env['FORCE_COLOR']
  process.env['NO_COLOR'] = '1'
}
