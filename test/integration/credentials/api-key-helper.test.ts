import { realpathSync } from 'node:fs'
import { expect, test } from 'vitest'
import { apiKeyHelperStore } from '../../../src/credentials/api-key-helper.ts'
import { authStyle } from '../../../src/credentials/credential.ts'
import type { Machine } from '../../../src/credentials/machine.ts'
import { machine } from '../../support/surroundings.ts'

const PATH = process.env['PATH']

test('what the helper prints is sent in both ways, as Claude Code does', async () => {
  const credential = await store('echo "$KEY"', { PATH, KEY: 'token' }).read()
  expect(credential).toEqual({ value: 'token', source: 'apiKeyHelper', style: 'both' })
  expect(credential && authStyle(credential, undefined, true)).toBe('both')
})

test('it starts in the folder we are in, as Claude Code starts it', async () => {
  expect((await store('pwd -P').read())?.value).toBe(realpathSync(process.cwd()))
})

test('it is shown by its settings file, and never by its line', () => {
  expect(store('echo opensesame').reference).toBe('apiKeyHelper (~/.claude/settings.json)')
})

test('its failure names the settings file', async () => {
  await expect(store('exec cat /no-such-file').read()).rejects.toMatchObject({
    code: 'CREDENTIAL_FAILED',
    message:
      'the credential apiKeyHelper (~/.claude/settings.json) cannot be used: it exited with 1: cat: /no-such-file: No such file or directory',
    remedy: 'run the command yourself in a shell to see why',
  })
})

test('it is cut where it leads back to claude-gw', async () => {
  const env = { PATH, CLAUDE_GW_LOOKUP_DEPTH: '3' }
  await expect(store('echo token', env).read()).rejects.toThrow(/it leads back to claude-gw$/)
})

function store(command: string, env: Machine['env'] = { PATH }) {
  const helper = { command, origin: '~/.claude/settings.json' }
  return apiKeyHelperStore(helper, {
    machine: machine(env),
    timeoutMs: 20_000,
    freshness: { ttlMs: 300_000 },
  })
}
