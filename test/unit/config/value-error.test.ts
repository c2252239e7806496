import { describe, expect, test } from 'vitest'
import { resolveConfig } from '../../../src/config/config.ts'
import { readSettings, USER_SECTIONS } from '../../../src/config/file-settings.ts'
import { parseJsonTree } from '../../../src/config/json-tree.ts'
import { parseSettingName } from '../../../src/config/setting-name.ts'
import { parseSettingValue } from '../../../src/config/setting-value.ts'

describe('an error does not repeat', () => {
  test.each([
    ['the headers of a variable', { CLAUDE_GW_HEADERS: 'hunter2' }],
    ['those with a name that cannot be', { CLAUDE_GW_HEADERS: '{"Host":"hunter2"}' }],
    ['who signs in to a proxy', { CLAUDE_GW_PROXY: 'socks5://hunter2@p:1' }],
  ])('%s', (_case, env) => {
    const read = () => resolveConfig({}, env)
    expect(read).toThrow(/must be/)
    expect(read).not.toThrow(/hunter2/)
  })

  test.each([
    ['the headers of a file', { headers: 'hunter2' }],
    ['the header of a file', { headers: { 'X-A': 'hunter2\n' } }],
    ['a header that is no text', { headers: { 'X-A': 1234567 } }],
    ['a credential of a file that is no text', { credential: 1234567 }],
    ['a passphrase of a file that is no text', { tls: { passphrase: 1234567 } }],
    ['the query of a proxy of a file', { proxy: 'p:1?key=hunter2' }],
    ['who signs in to a proxy of a file', { proxy: 'hunter2@p:1' }],
  ])('%s', (_case, document) => {
    const read = () => readSettings(parseJsonTree(JSON.stringify(document), 'f'), 'f', USER_SECTIONS)
    expect(read).toThrow(/must be/)
    expect(read).not.toThrow(/hunter2|1234567/)
  })

  test.each([
    ['headers', 'hunter2'],
    ['headers.Host', 'hunter2'],
    ['profiles.work.headers.X-A', 'hunter2\n'],
    ['proxy', 'hunter2@p:1'],
  ])('what was to be stored as %s', (name, text) => {
    const parse = () => parseSettingValue(parseSettingName(name), text)
    expect(parse).toThrow(/must be/)
    expect(parse).not.toThrow(/hunter2/)
  })
})

test('of a proxy it shows the rest', () => {
  expect(() => resolveConfig({}, { CLAUDE_GW_PROXY: 'me:hunter2@p:1' })).toThrow('not "p:1"')
})
