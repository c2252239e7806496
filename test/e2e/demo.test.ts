import { expect, inject, test } from 'vitest'
import { openHome } from '../support/claude-run.ts'
import { runCli } from '../support/cli.ts'

test('the demo plays with the real Claude Code', async () => {
  const home = openHome()
  const env = { ...home.env, CLAUDE_GW_CLAUDE_COMMAND: inject('claudeCode').path }
  const result = await runCli(['demo'], { env, cwd: home.project })
  expect(result.exitCode).toBe(0)
  expect(result.stdout).toContain('A gateway on your own machine.')
  expect(result.stdout).toContain('came back to me as a second request')
  expect(result.stdout).toContain('The first attempt was answered with 429')
  const table = result.stderr.slice(result.stderr.indexOf('$ claude-gw logs'))
  expect(table.match(/ 200 | 429 /g)).toEqual([' 200 ', ' 200 ', ' 200 ', ' 429 ', ' 200 '])
  expect(result.stderr).not.toContain('was not found')
})
