import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { upstreamChecks } from '../../src/doctor/upstream/checks.ts'
import { parseUpstream } from '../../src/network/url.ts'

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
const COSTS = { nothing: 'none', requests: 'requests', tokens: '`--live`', minutes: '`--slow`' }

const checks = upstreamChecks({
  ask: () => Promise.reject(new Error('nothing is asked here')),
  upstream: parseUpstream('https://gateway.example', false, 'test'),
  isProxied: false,
  models: [{ asked: 'NAME', sent: 'NAME' }],
  nowMs: Date.now,
})

test.each(checks.map(({ id, cost }) => [id, cost] as const))('the README has the row of %s', (id, cost) => {
  const row = README.split('\n').find((line) => line.startsWith(`| \`${id}\` |`))
  expect(row?.split('|')[3]?.trim()).toBe(COSTS[cost])
})
