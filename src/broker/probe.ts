import { request } from 'node:http'

const PROBE_TIMEOUT_MS = 1_000

/** Whether a gateway answers at a URL: its port may belong to another program by now, or to none. */
export function isGateway(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = request(url, { method: 'HEAD', timeout: PROBE_TIMEOUT_MS, agent: false })
    probe.on('response', (answer) => {
      answer.resume()
      resolve(answer.headers['server'] === 'claude-gw')
    })
    probe.on('timeout', () => probe.destroy(new Error('timeout')))
    probe.on('error', () => resolve(false))
    probe.end()
  })
}
