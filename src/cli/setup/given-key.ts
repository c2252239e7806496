import { checkStorable } from '../../credentials/token.ts'
import type { Context } from '../context.ts'
import { askSecret } from './prompt.ts'

const MAX_INPUT_CHARACTERS = 65_536

/** A key from stdin: all of it, less the newline that `echo` and editors put at its end. @throws GatewayError CREDENTIAL_FAILED */
export async function readKey(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk
    if (text.length > MAX_INPUT_CHARACTERS) break
  }
  return checkStorable(text.replace(/\r?\n$/, ''))
}

/**
 * A key that a person types, which is not shown.
 * @param title of the upstream and the profile that it is for
 * @throws GatewayError LOGIN_CANCELLED, CREDENTIAL_FAILED
 */
export function askKey(context: Context, title: string): Promise<string> {
  return askSecret(context, `Key for ${title}`, findFault)
}

function findFault(key: string): string | undefined {
  try {
    checkStorable(key)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
