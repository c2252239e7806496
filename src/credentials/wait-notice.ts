/** Tells a person on stderr which slow look-up is waited for. */
export function noteWait({
  stderr,
}: {
  readonly stderr: { write(text: string): unknown }
}): (reference: string) => void {
  return (reference) => {
    stderr.write(`claude-gw: waiting for ${reference}; is there a prompt on your desktop?\n`)
  }
}
