import { realpathSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { GatewayError } from '../../../src/base/errors.ts'
import { commandStore } from '../../../src/credentials/command.ts'
import type { Machine } from '../../../src/credentials/machine.ts'
import { fakeProgram } from '../../support/fake-program.ts'
import { allGone, processList } from '../../support/process-list.ts'
import { machine } from '../../support/surroundings.ts'

const PATH = process.env['PATH']
const SECRET = 'opensesame/1'

describe('the reference', () => {
  test('names the program and nothing behind it', () => {
    expect(store(`/opt/get-key ${SECRET}`).reference).toBe('command:get-key')
  })

  test('names nothing where the line begins with something else', () => {
    expect(store(`KEY=${SECRET} get-key`).reference).toBe('command')
  })
})

describe('what a command prints', () => {
  test('is the credential, without the space around it', async () => {
    const credential = await store('printf " token\\r\\n\\n"').read()
    expect(credential).toEqual({ value: 'token', source: 'command:printf' })
  })

  test('is printed in the home folder, where no repository has laid anything out', async () => {
    const seen = machine({ PATH })
    const started = await storeOn(seen, 'pwd -P').read()
    expect(started?.value).toBe(realpathSync(seen.home))
  })

  test('is printed in the root where there is no home', async () => {
    const seen = { ...machine({ PATH }), home: '/nonexistent' }
    expect((await storeOn(seen, 'pwd -P').read())?.value).toBe('/')
  })

  test('is read by the system’s shell', async () => {
    expect(await store('printf %s "$KEY" | tr a-z A-Z', { PATH, KEY: 'token' }).read()).toMatchObject({
      value: 'TOKEN',
    })
  })

  test.each([
    ['two lines', `printf '${SECRET}\\nsecond'`, 'it printed more than one word'],
    ['two words', `printf '${SECRET} second'`, 'it printed more than one word'],
    ['a control character', `printf '${SECRET}\\007x'`, 'character 13'],
    ['what is not ASCII', `printf '${SECRET}é'`, 'character 13'],
    ['too long a token', `printf '${SECRET}%016384d'`, 'longer than 16384'],
    ['nothing', 'exit 0', 'it printed nothing'],
    ['space', 'echo; echo', 'it printed nothing'],
  ])('is refused if it is %s, and not shown', async (_, line, reason) => {
    const error = await failureOf(line)
    expect(error).toMatchObject({ code: 'CREDENTIAL_FAILED', exitCode: 4, status: 401 })
    expect(error.message).toContain(reason)
    expect(textOf(error)).not.toContain('opensesame')
  })
})

describe('a command that fails', () => {
  test('is an error with its exit code, the end of its stderr, and what to do', async () => {
    const error = await failureOf('echo first >&2; echo "no such item" >&2; exit 3')
    expect(error.message).toBe('the credential command:echo cannot be used: it exited with 3: no such item')
    expect(error.remedy).toBe('run the command yourself in a shell to see why')
  })

  test('may have said nothing', async () => {
    expect((await failureOf('exit 3')).message).toMatch(/it exited with 3$/)
  })

  test('says why it printed nothing', async () => {
    expect((await failureOf('cat /no-such-file; exit 0')).message).toMatch(
      /it printed nothing: cat: .no-such-file: No such file or directory$/,
    )
  })

  test('is an error even if it printed a token', async () => {
    expect((await failureOf('echo token; exit 1')).message).toMatch(/it exited with 1$/)
  })

  test('is named by the shell where it is missing', async () => {
    expect((await failureOf('get-no-key')).message).toMatch(/it exited with 127: .*get-no-key: .*not found/)
  })

  test.each([
    ['as it is', SECRET],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['percent-encoded', encodeURIComponent(SECRET)],
  ])('does not show a secret %s', async (_, form) => {
    const error = await failureOf('echo "$KEY"; echo "bad: $FORM" >&2; exit 1', {
      PATH,
      KEY: SECRET,
      FORM: form,
    })
    expect(error.message).toMatch(/it exited with 1: bad: \[redacted\]=*$/)
    expect(textOf(error)).not.toContain(form)
  })

  test('does not show its own arguments', async () => {
    const error = await failureOf(`ls --${SECRET}; exit 1`)
    expect(error.message).toContain('it exited with 1')
    expect(textOf(error)).not.toContain('opensesame')
  })

  test('by taking too long is ended, and the error says how to give it more time', async () => {
    const { path, ids } = processList()
    const error = await failureOf(`echo $$ >${path}; exec sleep 60`, { PATH }, 1000)
    expect(error.message).toMatch(/it did not end within 1 s$/)
    expect(error.remedy).toContain('CLAUDE_GW_CREDENTIAL_TIMEOUT')
    await allGone(await ids(1))
  })

  test('by printing without end is ended', async () => {
    expect((await failureOf('yes')).message).toMatch(/it printed more than 64 KB$/)
  })
})

test('nothing is run before it is read', () => {
  const { PATH, calls } = fakeProgram('get-key')
  store('get-key', { PATH }).check()
  expect(calls()).toEqual([])
})

test('the freshness is the one that was asked for', () => {
  expect(store('get-key').freshness).toEqual({ ttlMs: 300_000 })
})

describe('a look-up within a look-up', () => {
  test('is run', async () => {
    const { PATH, calls } = fakeProgram('get-key', 'console.log("token")')
    await store('get-key', { PATH, CLAUDE_GW_LOOKUP_DEPTH: '2' }).read()
    expect(calls()[0]?.env['CLAUDE_GW_LOOKUP_DEPTH']).toBe('3')
  })

  test('is cut when it is too deep, and nothing is run', async () => {
    const { PATH, calls } = fakeProgram('get-key', 'console.log("token")')
    const error = await failureOf('get-key', { PATH, CLAUDE_GW_LOOKUP_DEPTH: '3' })
    expect(error.message).toMatch(/command:get-key cannot be used: it leads back to claude-gw$/)
    expect(error.remedy).toContain('must not call `claude-gw key` of the same profile')
    expect(calls()).toEqual([])
  })

  test('that was cut is called so by those around it', async () => {
    const line =
      'echo "claude-gw: the credential command:x cannot be used: it leads back to claude-gw. …" >&2; exit 4'
    const error = await failureOf(line)
    expect(error.message).toBe('the credential command:echo cannot be used: it leads back to claude-gw')
    expect(error.remedy).toContain('must not call `claude-gw key` of the same profile')
  })
})

function store(line: string, env: Machine['env'] = { PATH }, timeoutMs = 20_000) {
  return storeOn(machine(env), line, timeoutMs)
}

function storeOn(seen: Machine, line: string, timeoutMs = 20_000) {
  return commandStore(line, { machine: seen, timeoutMs, freshness: { ttlMs: 300_000 } })
}

async function failureOf(line: string, env?: Machine['env'], timeoutMs?: number): Promise<GatewayError> {
  try {
    await store(line, env, timeoutMs).read()
  } catch (error) {
    return error as GatewayError
  }
  throw new Error('it did not fail')
}

/** All that could be shown of an error. */
function textOf(error: GatewayError): string {
  return [error.message, error.remedy, error.stack, String(error.cause)].join('\n')
}
