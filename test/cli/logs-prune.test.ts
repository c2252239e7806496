import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openHome, startAsking, upstreamEnv } from '../support/claude-run.ts'
import { runCli } from '../support/cli.ts'

function openLog() {
  const home = openHome()
  const old = join(home.state, 'traffic', '2026-01-02.jsonl')
  const bodies = join(home.state, 'bodies', '2026-01-02', 'x_y_1.br')
  for (const path of [old, bodies]) {
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, 'x'.repeat(1500))
    utimesSync(path, 1e9, 1e9)
  }
  const today = join(home.state, 'traffic', `${new Date().toISOString().slice(0, 10)}.jsonl`)
  writeFileSync(today, 'x')
  const ledger = join(home.state, 'ledger', '2026-01.jsonl')
  mkdirSync(join(ledger, '..'))
  writeFileSync(ledger, 'x')
  const prune = (...args: string[]) => runCli(['logs', 'prune', ...args], { env: home.env })
  return { home, old, bodies, today, ledger, prune }
}

test('a dry run says what would go, and how much, and changes nothing', async () => {
  const { old, bodies, prune } = openLog()
  const { exitCode, stdout, stderr } = await prune('--dry-run')
  expect(exitCode).toBe(0)
  expect(stdout).toBe(` 1.5 kB  ${bodies}\n 1.5 kB  ${old}\n`)
  expect(stderr).toBe('2 files with 3.0 kB would be deleted, 1 file with 1 B kept (limits: 30 days, 500MB)\n')
  expect(existsSync(old)).toBe(true)
})

test('what is too old is deleted, and the ledger stays', async () => {
  const { old, bodies, today, ledger, prune } = openLog()
  const { exitCode, stderr } = await prune()
  expect(exitCode).toBe(0)
  expect(stderr).toContain('2 files with 3.0 kB deleted, 1 file with 1 B kept')
  expect([old, bodies, today, ledger].map((path) => existsSync(path))).toEqual([false, false, true, true])
})

test('limits can be given, and wrong ones are refused', async () => {
  const { old, prune } = openLog()
  expect((await prune('--dry-run', '--days', '36500')).stderr).toContain('0 files with 0 B would be deleted')
  expect((await prune('--dry-run', '--days', '36500', '--bytes', '1B')).stderr).toContain(
    '2 files with 3.0 kB would',
  )
  expect((await prune('--bytes', 'much')).exitCode).toBe(2)
  expect((await prune('--days', 'many')).exitCode).toBe(2)
  expect(existsSync(old)).toBe(true)
})

test('every run does the same by itself', async () => {
  const { home, old, bodies, today } = openLog()
  const run = await startAsking(home, { env: upstreamEnv('http://127.0.0.1:9') })
  await expect.poll(() => existsSync(bodies) || existsSync(old)).toBe(false)
  await run.end()
  expect(existsSync(today)).toBe(true)
  expect(readdirSync(join(home.state, 'bodies'))).toEqual([])
})

test('a run keeps what the configuration wants kept', async () => {
  const { home, old } = openLog()
  const env = { ...upstreamEnv('http://127.0.0.1:9'), CLAUDE_GW_LOG_RETENTION_DAYS: '36500' }
  const run = await startAsking(home, { env })
  await run.ask()
  await run.end()
  expect(existsSync(old)).toBe(true)
})
