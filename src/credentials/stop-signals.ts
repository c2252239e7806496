/** The parts of a process that a signal ends; Node's own `process` is one. */
export interface StoppableHost {
  once(signal: NodeJS.Signals, listener: () => void): unknown
  exit(code: number): unknown
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** Lets signals end a process through `exit`, which takes along the program that is being asked for a credential. */
export function exitOnSignals(host: StoppableHost): void {
  for (const [signal, code] of Object.entries(EXIT_CODES))
    host.once(signal as NodeJS.Signals, () => host.exit(code))
}
