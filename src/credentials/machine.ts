/** What looking for a credential may touch of the machine and of the process it runs in. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly platform: NodeJS.Platform
  /** The Node.js that this process runs in. */
  readonly nodePath: string
  readonly process: HelperHost
}

/** The parts of a process that starting another one needs; Node's own `process` is one. */
export interface HelperHost {
  /** A negative number means a process group. */
  kill(pid: number, signal: NodeJS.Signals): unknown
  once(event: 'exit', listener: () => void): unknown
  off(event: 'exit', listener: () => void): unknown
}
