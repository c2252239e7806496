import { expect, test } from 'vitest'
import type { SettingsLayer, SettingsScope } from '../../../src/claude/layer.ts'
import { parseLayer } from '../../../src/claude/layer.ts'
import type { RoutingReport } from '../../../src/launch/routing.ts'
import { describeRouting } from '../../../src/launch/routing.ts'

const EVIDENCE = { sessionId: 'session-1', file: '/transcripts/session-1.jsonl' }
const USER = layer('user')
const MANAGED = layer('managed')

test('requests that came are nothing to tell', () => {
  expect(describe({ requestsSeen: 1, layers: [USER] })).toBeUndefined()
})

test('answers after the last request that came are told, as when settings change in the middle', () => {
  expect(describe({ requestsSeen: 1, evidence: EVIDENCE, layers: [USER] })).toBe(
    'session session-1 got answers (/transcripts/session-1.jsonl), but the last ones did not come through claude-gw: the likely cause is env.ANTHROPIC_BASE_URL in user.json',
  )
})

test.each(['tool', 'background'] as const)('a %s invocation is nothing to tell', (invocation) => {
  expect(describe({ invocation, evidence: EVIDENCE, layers: [MANAGED] })).toBeUndefined()
})

test('answers without requests are told, with the likely cause', () => {
  expect(describe({ evidence: EVIDENCE, layers: [MANAGED, USER] })).toBe(
    'session session-1 got answers (/transcripts/session-1.jsonl), but none came through claude-gw: the likely cause is env.ANTHROPIC_BASE_URL in managed.json',
  )
})

test('answers without requests are told even where no cause is known', () => {
  expect(describe({ evidence: EVIDENCE })).toContain('no settings file that was read names another address')
})

test('what is neutralized is no cause', () => {
  expect(describe({ evidence: EVIDENCE, layers: [USER], routing: 'settings' })).not.toContain('user.json')
})

test('without evidence a file that leads away is told', () => {
  expect(describe({ layers: [MANAGED], routing: 'settings' })).toBe(
    'no request came through claude-gw: env.ANTHROPIC_BASE_URL in managed.json leads elsewhere',
  )
})

test.each([
  { layers: [], routing: 'none' },
  { layers: [USER], routing: 'settings' },
  { layers: [USER], routing: 'host' },
] as const)('without evidence, $routing routing and $layers.length files is nothing to tell', (report) => {
  expect(describe(report)).toBeUndefined()
})

function describe(report: Partial<RoutingReport>): string | undefined {
  return describeRouting({
    invocation: 'session',
    requestsSeen: 0,
    evidence: undefined,
    layers: [],
    routing: 'none',
    ...report,
  })
}

function layer(scope: SettingsScope): SettingsLayer {
  const document = { env: { ANTHROPIC_BASE_URL: 'https://elsewhere.example' } }
  return parseLayer(scope, `${scope}.json`, JSON.stringify(document))
}
