/**
 * Keeps http-proxy-3 from printing requests on stderr: its library for that listens to DEBUG when it is loaded. The child
 * has its own copy of the environment by then.
 */
export function silenceDebug(): void {
  delete process.env['DEBUG']
}
