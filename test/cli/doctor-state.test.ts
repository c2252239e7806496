import { chmodSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writeFile } from '../support/configured.ts'
import { examineMachine, mountsUnavailable, openHomeWithClaude } from '../support/local-examination.ts'

describe('state', () => {
  test('that is private is well', async () => {
    const home = openHomeWithClaude()
    mkdirSync(home.state, { mode: 0o700 })
    expect((await examineMachine(home)).of('state')).toMatchObject({ verdict: 'ok', evidence: home.state })
    expect(readdirSync(home.state)).toEqual([])
  })

  test('that others can enter is a warning, and a failure where they can read', async () => {
    const home = openHomeWithClaude()
    mkdirSync(home.state)
    chmodSync(home.state, 0o755)
    const entered = await examineMachine(home)
    expect(entered.of('state')).toMatchObject({
      verdict: 'warn',
      remedy: `run \`chmod -R go-rwx ${home.state}\``,
    })
    writeFileSync(join(home.state, 'log'), '')
    chmodSync(join(home.state, 'log'), 0o644)
    expect((await examineMachine(home)).of('state')).toMatchObject({
      verdict: 'fail',
      evidence: `others can read ${join(home.state, 'log')}`,
    })
  })

  test('that is a file, or relative, is a failure', async () => {
    const home = openHomeWithClaude()
    writeFileSync(home.state, '')
    expect((await examineMachine(home)).of('state')).toMatchObject({ verdict: 'fail' })
    const relative = await examineMachine(home, { env: { CLAUDE_GW_STATE_DIR: 'state' } })
    expect(relative.of('state')).toMatchObject({ verdict: 'fail' })
    expect(relative.of('state').evidence).toContain('CLAUDE_GW_STATE_DIR')
    expect(relative.exitCode).toBe(1)
  })
})

describe('log', () => {
  test('within its limits is well', async () => {
    const home = openHomeWithClaude()
    const today = new Date().toISOString().slice(0, 10)
    writeFile(join(home.state, 'traffic', `${today}.jsonl`), 'x'.repeat(3 * 1024 ** 2))
    expect((await examineMachine(home)).of('log')).toMatchObject({
      verdict: 'ok',
      evidence: '3.0 MB of 500 MB and 30 days',
    })
  })

  test('beyond its limits is a warning', async () => {
    const home = openHomeWithClaude()
    const path = writeFile(join(home.state, 'traffic', '2024-05-01.jsonl'), 'x'.repeat(2048))
    utimesSync(path, 1_714_600_000, 1_714_600_000)
    expect((await examineMachine(home)).of('log')).toMatchObject({
      verdict: 'warn',
      evidence: '2.0 KB of 500 MB and 30 days; 1 file is beyond that (2.0 KB)',
      remedy: expect.stringContaining('claude-gw logs prune'),
    })
  })
})

describe.skipIf(mountsUnavailable)(`disk${mountsUnavailable ? `: ${mountsUnavailable}` : ''}`, () => {
  test.each([
    ['50m', 'fail'],
    ['500m', 'warn'],
    ['3g', 'ok'],
  ])('of %s', async (size, verdict) => {
    const home = openHomeWithClaude()
    mkdirSync(home.state, { mode: 0o700 })
    const mounts = `mount -t tmpfs -o size=${size},mode=0700 tmpfs '${home.state}'`
    const { of } = await examineMachine(home, { mounts })
    expect(of('disk')).toMatchObject({ verdict })
    expect(of('disk').evidence).toContain(home.state)
  })
})
