import type { Context } from './context.ts'

/** Tells a person on stderr which slow look-up is waited for. */
export function noteWait({ stderr }: Pick<Context, 'stderr'>): (reference: string) => void {
  return (reference) => {
    stderr.write(`claude-gw: waiting for ${reference}; is there a prompt on your desktop?\n`)
  }
}
