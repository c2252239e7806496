import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { answer } from '../support/faults.ts'
import type { Prometheus } from '../support/prometheus.ts'
import { prometheusUnavailable, startPrometheus } from '../support/prometheus.ts'
import type { RunningServe } from '../support/serve.ts'
import { startServe } from '../support/serve.ts'

const READER = 'reader-token-of-the-metrics'
const DASHBOARD = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../src/metrics/grafana-dashboard.json'), 'utf8'),
) as {
  panels: { title: string; targets: { expr: string }[] }[]
}

describe.skipIf(prometheusUnavailable)(`scraped by Prometheus: ${prometheusUnavailable}`, () => {
  test('the sums are those of what went through, and each panel of the dashboard has its figures', async () => {
    const usage = { input_tokens: 1000, output_tokens: 200, cache_read_input_tokens: 3000 }
    const body = JSON.stringify({
      type: 'message',
      model: 'claude-opus-4-8',
      content: [],
      stop_reason: 'end_turn',
      usage,
    })
    const serve = await startServe({
      fault: answer({ headers: [['content-type', 'application/json']], body }),
      env: {
        CLAUDE_GW_SERVE_METRICS_CREDENTIAL: 'env:READER',
        READER,
        CLAUDE_GW_POLICIES_SYSTEM_APPEND: 'Be brief.',
      },
    })
    const prometheus = await startPrometheus(serve.ready.port, READER)
    await ask(serve)
    await seen(prometheus, 1)
    for (let time = 0; time < 4; time++) await ask(serve)
    await seen(prometheus, 5)
    const [tokens] = await prometheus.query('sum(claude_tokens_total{kind="output"})')
    expect(tokens?.value[1]).toBe('1000')
    const [quantile] = await prometheus.query(
      'histogram_quantile(0.5, sum by (le) (claude_request_duration_seconds_bucket))',
    )
    expect(Number(quantile?.value[1])).toBeGreaterThan(0)
    for (const { title, targets } of DASHBOARD.panels) {
      const samples = await Promise.all(targets.map(({ expr }) => prometheus.query(filledIn(expr))))
      // Of an answer that is no stream there is no first token, and nothing went wrong.
      if (!['Errors', 'Time to first token'].includes(title))
        expect([title, samples[0]?.length]).not.toEqual([title, 0])
    }
  })
})

/** As Grafana fills in its variables. */
function filledIn(expression: string): string {
  return expression
    .replaceAll('$profile', '.*')
    .replaceAll('$__rate_interval', '1m')
    .replaceAll('$__range', '1m')
}

async function seen(prometheus: Prometheus, requests: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const [sum] = await prometheus.query('sum(claude_requests_total)')
    if (Number(sum?.value[1]) === requests) return
    await delay(100)
  }
  throw new Error(`prometheus never saw ${requests} requests`)
}

async function ask({ ready }: RunningServe): Promise<void> {
  const response = await fetch(`${ready.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': ready.token ?? '' },
    body: '{"model":"claude-opus-4-8","messages":[]}',
  })
  await response.text()
}
