import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { UPSTREAM_SECRET, writeSettings } from '../support/claude-run.ts'
import { answer } from '../support/faults.ts'
import { openClaudeHome, runDirect, runThrough, startMessagesUpstream, textAnswer } from './real-claude.ts'

const FOLDER = '/etc/claude-code'
const unavailable = findReason()

describe.skipIf(unavailable)(`managed settings${unavailable ? `: ${unavailable}` : ''}`, () => {
  test('a base URL stays in force, and the run says at its end what leads past it', async () => {
    const { home, upstream, elsewhere } = await openPlaces()
    const path = writeManaged({ env: { ANTHROPIC_BASE_URL: elsewhere.url } })
    const result = await runThrough(home, upstream.url, ['-p', 'hello'])
    expect(result).toMatchObject({ exitCode: 0, stdout: 'Hello from elsewhere\n' })
    expect(result.stderr).toContain(path)
    expect(result.stderr).toContain('env.ANTHROPIC_BASE_URL')
    expect(upstream.messages()).toHaveLength(0)
    for (const request of elsewhere.requests) {
      expect(request.values('authorization').join()).not.toContain(UPSTREAM_SECRET)
    }
  })

  test('one in a file of managed-settings.d is named as well', async () => {
    const { home, upstream, elsewhere } = await openPlaces()
    const path = writeManaged(
      { env: { ANTHROPIC_BASE_URL: elsewhere.url } },
      'managed-settings.d/10-gateway.json',
    )
    const result = await runThrough(home, upstream.url, ['-p', 'hello'])
    expect(result.stdout).toBe('Hello from elsewhere\n')
    expect(result.stderr).toContain(path)
  })

  test('a base URL is the upstream where no other is named', async () => {
    const { home, elsewhere } = await openPlaces()
    writeManaged({ env: { ANTHROPIC_BASE_URL: elsewhere.url } })
    const result = await runThrough(home, '', ['-p', 'hello'])
    expect(result.stdout).toBe('Hello from elsewhere\n')
    expect(result.stderr).toContain('env.ANTHROPIC_BASE_URL')
  })

  test('a helper stays in force, and does not show its key to the upstream', async () => {
    const { home, upstream } = await openPlaces()
    writeManaged({ apiKeyHelper: 'echo key-of-a-helper' })
    const result = await runThrough(home, upstream.url, ['-p', 'hello'])
    expect(result).toMatchObject({ exitCode: 0, stdout: 'Hello from upstream\n' })
    expect(result.stderr).toContain('apiKeyHelper')
    expect(upstream.messages()[0]?.values('authorization')).toEqual([`Bearer ${UPSTREAM_SECRET}`])
    expect(upstream.messages()[0]?.values('x-api-key')).toEqual([])
  })

  test('a login pin has the effect that it has without us', async () => {
    const { home, upstream } = await openPlaces()
    writeManaged({ forceLoginMethod: 'claudeai' })
    const alone = await runDirect(home, upstream.url, ['-p', 'hello'])
    const { exitCode, stdout, stderr } = await runThrough(home, upstream.url, ['-p', 'hello'])
    expect({ exitCode, stdout }).toEqual({ exitCode: alone.exitCode, stdout: alone.stdout })
    const firstLine = alone.stderr.replace(/127[\s\S]*/, '')
    expect(firstLine).not.toBe('')
    expect(stderr).toContain(firstLine)
    expect(stderr).toContain('sets forceLoginMethod')
  })

  test('with a helper of policy, user settings still do not lead elsewhere', async () => {
    const { home, upstream, elsewhere } = await openPlaces()
    writeManaged({ apiKeyHelper: 'echo key-of-a-helper' })
    writeSettings(home, 'user', { env: { ANTHROPIC_BASE_URL: elsewhere.url, ANTHROPIC_AUTH_TOKEN: 'x' } })
    const result = await runThrough(home, upstream.url, ['-p', 'hello'])
    expect(result).toMatchObject({ exitCode: 0, stdout: 'Hello from upstream\n' })
    expect(elsewhere.acceptedConnections()).toBe(0)
  })

  test('a policy of other things is no obstacle to the switch, and its model variables count', async () => {
    const { home, upstream, elsewhere } = await openPlaces()
    writeManaged({ env: { ANTHROPIC_MODEL: 'claude-of-the-company' } })
    writeSettings(home, 'user', { env: { ANTHROPIC_BASE_URL: elsewhere.url, ANTHROPIC_MODEL: 'mine' } })
    const result = await runThrough(home, upstream.url, ['-p', 'hello'])
    expect(result).toMatchObject({ exitCode: 0, stdout: 'Hello from upstream\n' })
    expect(result.stderr).not.toContain('claude-gw: ')
    expect(JSON.parse(String(upstream.messages()[0]?.body)).model).toBe('claude-of-the-company')
  })

  test('a cloud provider ends it with 3 and names the file', async () => {
    const { home, upstream } = await openPlaces()
    const path = writeManaged({ env: { CLAUDE_CODE_USE_BEDROCK: '1' } })
    const result = await runThrough(home, upstream.url, ['-p', 'hello'])
    expect(result).toMatchObject({ exitCode: 3, stdout: '' })
    expect(result.stderr).toContain(`${path} sets CLAUDE_CODE_USE_BEDROCK`)
  })

  test('a file that cannot be read is not overridden, and is named', async () => {
    const { home, upstream } = await openPlaces()
    const path = writeManaged({})
    writeFileSync(path, '{ "env": ')
    const alone = await runDirect(home, upstream.url, ['-p', 'hello'])
    const result = await runThrough(home, upstream.url, ['-p', 'hello'])
    expect(result).toMatchObject({ exitCode: alone.exitCode, stdout: alone.stdout })
    expect(result.stderr).toContain(`${path} cannot be read`)
  })
})

function findReason(): string | undefined {
  if (process.platform !== 'linux') return 'their place is known for Linux only'
  if (process.getuid?.() !== 0) return 'only root can write them'
  return existsSync(FOLDER) ? `this machine has its own in ${FOLDER}` : undefined
}

/** @returns the path of the file, which is gone after the test */
function writeManaged(document: object, name = 'managed-settings.json'): string {
  onTestFinished(() => rmSync(FOLDER, { recursive: true, force: true }))
  const path = join(FOLDER, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, JSON.stringify(document))
  return path
}

async function openPlaces() {
  const upstream = await startMessagesUpstream()
  const elsewhere = await startMessagesUpstream(answer(textAnswer('Hello from elsewhere')))
  return { home: openClaudeHome(), upstream, elsewhere }
}
