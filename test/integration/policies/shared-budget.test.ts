import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listMonthFiles } from '../../../src/log/ledger-files.ts'
import { linesOf } from '../../../src/log/lines.ts'
import { blocksForward } from '../../../src/log/reader.ts'
import { compiledSource } from '../../support/compiled-source.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const FIXTURE = join(import.meta.dirname, '../../fixtures/limited-run.mjs')
const module = compiledSource()

interface LimitedRun {
  readonly directory: string
  readonly rules: object
  readonly costUsd: number
  readonly isHolding?: boolean
}

function startRun({ directory, rules, costUsd, isHolding = false }: LimitedRun) {
  const values = [
    module(''),
    directory,
    JSON.stringify(rules),
    String(costUsd),
    ...(isHolding ? ['hold'] : []),
  ]
  const child = spawn(process.execPath, [FIXTURE, ...values], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let printed = ''
  child.stdout.on('data', (chunk) => {
    printed += chunk
  })
  const lines = () => printed.split('\n').filter(Boolean)
  return { child, ended: once(child, 'close').then(lines), lines }
}

function spent(directory: string): number {
  const blocks = listMonthFiles(directory).flatMap((path) => [...blocksForward(path)])
  const lines = blocks.flatMap((block) => Array.from(linesOf(block), (line) => JSON.parse(line.toString())))
  return lines.reduce((sum, { cost_usd }) => sum + cost_usd, 0)
}

test('runs at the same time share a budget: together they use it up, and little more', async () => {
  const directory = join(temporaryDirectory(), 'ledger')
  const rules = { daily: { usd: 10, per: 'day' } }
  const runs = [1, 2, 3].map(() => startRun({ directory, rules, costUsd: 0.1 }))
  const outputs = await Promise.all(runs.map(({ ended }) => ended))
  for (const lines of outputs)
    expect(lines.at(-1)).toMatch(/^LIMIT_SPENT the budget `daily` is used up: \$10\./)
  expect(spent(directory)).toBeGreaterThan(9.99)
  // By what is in flight when the last ones are let through.
  expect(spent(directory)).toBeLessThan(10 + 3 * 0.1)
  expect(readdirSync(join(directory, 'inflight'))).toEqual([])
  const late = await startRun({ directory, rules, costUsd: 0.1 }).ended
  expect(late).toEqual([expect.stringMatching(/^LIMIT_SPENT/)])
})

test('what a run has in flight counts for the others, until it is killed', async () => {
  const directory = join(temporaryDirectory(), 'ledger')
  const rules = { daily: { usd: 1, per: 'day' } }
  const holding = startRun({ directory, rules, costUsd: 1, isHolding: true })
  await once(holding.child.stdout, 'data')
  const waiting = startRun({ directory, rules, costUsd: 1 })
  await once(waiting.child.stdout, 'data')
  expect(waiting.lines()[0]).toMatch(/^LIMIT_PACE .* \$0\.00 and \$1\.00 in flight of \$1\.00 per day/)
  holding.child.kill('SIGKILL')
  const lines = await waiting.ended
  expect(lines.slice(-2)).toEqual(['pass', expect.stringMatching(/^LIMIT_SPENT/)])
  expect(readdirSync(join(directory, 'inflight'))).toEqual([])
})
