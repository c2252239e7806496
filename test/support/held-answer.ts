import type { Fault } from './fault-upstream.ts'

export interface HeldAnswer {
  readonly fault: Fault
  /** Lets the answers end. */
  readonly release: () => void
}

/** Answers whose first half `begin ` comes at once, and their second half `end` when they are let go. */
export function holdAnswer(): HeldAnswer {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const fault: Fault = async ({ request, response }) => {
    await request.arrived
    response.writeHead(200, { 'Content-Type': 'text/plain' })
    response.write('begin ')
    await released
    response.end('end')
  }
  return { fault, release }
}
