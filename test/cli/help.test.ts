import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { TOPICS } from '../../src/cli/help/topics.ts'
import { runCli, startCli } from '../support/cli.ts'

test('`help` lists commands, topics and variables, as no argument at all does', async () => {
  const { exitCode, stdout, stderr } = await runCli(['help'])
  expect([exitCode, stderr]).toEqual([0, ''])
  for (const { name, title } of TOPICS) expect(stdout).toMatch(new RegExp(`^ {2}${name} +${title}$`, 'm'))
  expect(stdout).toMatch(/^ {2}usage \[options\]/m)
  expect(stdout).toContain('CLAUDE_GW_UPSTREAM')
  expect(await runCli([])).toEqual({ exitCode: 0, signal: null, stdout, stderr: '' })
})

test.each(TOPICS.map(({ name }) => name))('`help %s` is a page, plain in a pipe', async (name) => {
  const { exitCode, stdout, stderr } = await runCli(['help', name])
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(stdout.split('\n').length).toBeGreaterThan(30)
  expect(stdout).not.toContain('\x1b')
  expect(stdout).not.toMatch(/^#|^```/m)
})

test('headings have a colour where there are colours', async () => {
  const { stdout } = await runCli(['help', 'security'], { env: { FORCE_COLOR: '1' } })
  expect(stdout).toContain('\x1b[1mWhat cannot be\x1b[22m')
  const { stdout: plain } = await runCli(['--no-color', 'help', 'security'], { env: { FORCE_COLOR: '1' } })
  expect(plain).not.toContain('\x1b')
})

test.each([
  [['run'], 'Usage: claude-gw run'],
  [['logs'], '--slower-than'],
  [['config', 'set'], 'Usage: claude-gw config set'],
  [['help'], 'Usage: claude-gw help'],
  [['completion'], 'bash'],
])('`help` explains the command %j', async (words, text) => {
  const { exitCode, stdout } = await runCli(['help', ...words])
  expect(exitCode).toBe(0)
  expect(stdout).toContain(text)
})

test.each([
  [['confg'], 'no command or topic `confg`; did you mean `claude-gw help config`?'],
  [['log-fromat'], 'no command or topic `log-fromat`; did you mean `claude-gw help log-format`?'],
  [['config', 'sett'], 'no command `config sett`; did you mean `claude-gw help config set`?'],
  [['quantum'], 'no command or topic `quantum`\n'],
  [['logs', 'security'], 'no command `logs security`\n'],
])('an unknown word is an error with the nearest one: %j', async (words, message) => {
  const { exitCode, stdout, stderr } = await runCli(['help', ...words])
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toContain(message)
  expect(stderr).toContain('are listed by `claude-gw help`')
})

test.each([[['help']], [['--help']], [['help', 'configuration']]])(
  '%j ends well where nobody reads',
  async (args) => {
    const child = startCli(args)
    child.stdout?.destroy()
    const [stderr, [exitCode]] = await Promise.all([text(child.stderr as Readable), once(child, 'exit')])
    expect([exitCode, stderr]).toEqual([0, ''])
  },
)

test('the package has the pages', async () => {
  const cwd = join(import.meta.dirname, '../..')
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd,
  })
  const [{ files }] = JSON.parse(stdout) as [{ files: readonly { path: string }[] }]
  const paths = files.map(({ path }) => path)
  expect(paths).toEqual(expect.arrayContaining(TOPICS.map(({ name }) => `src/cli/help/pages/${name}.md`)))
})
