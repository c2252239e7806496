import { describe, expect, test } from 'vitest'
import type { Failure } from '../../../src/credentials/helper-complaint.ts'
import { complaint } from '../../../src/credentials/helper-complaint.ts'

const SECRET = 'hunter2&x'

describe('the line that is shown', () => {
  test.each([
    ['Error making API request.\n\nCode: 403. Errors:\n\n* permission denied\n\n', '* permission denied'],
    ['Error: boom\n    at file:///x.mjs:1:7\n    at main\n\nNode.js v20.20.2\n', 'Error: boom'],
    ['first\nsecond\n---\n}\n', 'second'],
    ['10 %\r20 %\rfailed\r', 'failed'],
    ['\x1b[31mno \x1b]0;title\x07such\x1b[0m item\x1b[2K\x00', 'no such item'],
    ['a\tb', 'a b'],
    ['kaputt: Schlüssel\u202e fehlt', 'kaputt: Schlüssel fehlt'],
    ['', ''],
    ['---\n', ''],
  ])('of %j is %j', (stderr, line) => {
    expect(complain({ stderr })).toBe(line)
  })

  test('is cut', () => {
    const line = complain({ stderr: 'ab '.repeat(200) })
    expect(line).toHaveLength(200)
    expect(line).toMatch(/…$/)
  })

  test('is cut after the masking, so that no half secret is left', () => {
    const line = complain({ stdout: SECRET, stderr: `${'ab '.repeat(65)}${SECRET}` })
    expect(line).not.toContain(SECRET.slice(0, 3))
  })
})

describe('a secret is masked', () => {
  test.each([
    ['as it is', SECRET],
    ['in base64', Buffer.from(`user:${SECRET}`).toString('base64')],
    ['percent-encoded', encodeURIComponent(SECRET)],
    ['behind a colour', `\x1b[1mhun\x1b[0mter2&x`],
  ])('%s', (_, form) => {
    expect(complain({ stdout: `${SECRET}\n`, stderr: `bad: (${form})` })).toMatch(
      /^bad: \(.*\[redacted\].*\)$/,
    )
    expect(complain({ stdout: `${SECRET}\n`, stderr: `bad: (${form})` })).not.toContain(form)
  })

  test.each([
    ['one of several lines', `first\n${SECRET}\n`],
    ['one of several words', `key ${SECRET} end`],
    ['in JSON', JSON.stringify({ key: SECRET })],
    ['in UTF-16', [...SECRET].join('\0')],
  ])('that was printed as %s', (_, stdout) => {
    expect(complain({ stdout, stderr: `bad: ${SECRET}` })).toBe('bad: [redacted]')
  })

  test('that a variable with such a name holds', () => {
    const env = { VAULT_TOKEN: 'letmein-x', Db_Password: 'opensesame', PLAIN: 'ordinary', MY_KEY: 'short' }
    const stderr = 'letmein-x opensesame ordinary short'
    expect(complain({ env, stderr })).toBe('[redacted] [redacted] ordinary short')
  })

  test('that the shell line holds', () => {
    const line = `PASSWORD=letmein get-key --user 'me:opensesame'`
    const stderr = '+ PASSWORD=letmein get-key --user me:opensesame'
    expect(complain({ command: { kind: 'shell', line }, stderr })).toBe(
      '+ PASSWORD=[redacted] [redacted] --user [redacted]',
    )
  })

  test('that nobody told us of', () => {
    expect(complain({ stderr: 'bad: sk-ant-api03-abcdefgh' })).toBe('bad: [redacted]')
    expect(complain({ stderr: 'bad: a1b2c3d4e5f6g7h8i9j0' })).toBe('bad: [redacted]')
    expect(complain({ stderr: 'password s3cret-Pass-99x is wrong' })).toBe('password [redacted] is wrong')
  })
})

test('the program and the paths of a shell line are shown', () => {
  const command = { kind: 'shell', line: 'get-key --file /run/keys/claude' } as const
  const stderr = 'get-key: --file: /run/keys/claude: No such file'
  expect(complain({ command, stderr })).toBe(stderr)
})

function complain(given: Partial<Failure>): string {
  const command = { kind: 'program', file: 'get-key', args: [] } as const
  return complaint({ command, env: {}, stdout: '', stderr: '', ...given })
}
