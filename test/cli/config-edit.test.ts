import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { machineFilePath } from '../../src/config/paths.ts'
import type { Home } from '../support/claude-run.ts'
import { openHome } from '../support/claude-run.ts'
import { configIn, projectFile, userFile, valueIn, writeFile } from '../support/configured.ts'

test('what is set counts from then on', async () => {
  const home = openHome()
  await configIn(home, ['set', 'timeouts.connect', '3s'])
  expect(stored(home)).toEqual({ timeouts: { connect: '3s' } })
  expect(await valueIn(home, 'timeouts.connect')).toBe('3s')
})

test('setting speaks to people alone, and tells what it wrote where', async () => {
  const home = openHome()
  expect(await configIn(home, ['set', 'auth', 'both'])).toMatchObject({
    stdout: '',
    stderr: `claude-gw: set \`auth\` in ${userFile(home)}\n`,
    exitCode: 0,
  })
})

test('the file and its folder are for their owner alone', async () => {
  const home = openHome()
  await configIn(home, ['set', 'auth', 'both'])
  expect(statSync(userFile(home)).mode & 0o777).toBe(0o600)
  expect(statSync(dirname(userFile(home))).mode & 0o777).toBe(0o700)
})

test('a profile is made by setting its upstream', async () => {
  const home = openHome()
  await configIn(home, ['set', 'profiles.work.upstream', 'https://ai.example.com/claude'])
  expect(await valueIn(home, 'upstream', { options: ['--profile', 'work'] })).toBe(
    'https://ai.example.com/claude',
  )
  expect(await valueIn(home, 'profiles.work.upstream')).toBe('https://ai.example.com/claude')
  expect(await valueIn(home, 'upstream')).toBe('')
})

test('with --profile a value is for that profile', async () => {
  const home = openHome()
  await configIn(home, ['set', 'auth', 'both'], { options: ['--profile', 'work'] })
  expect(stored(home)).toEqual({ profiles: { work: { auth: 'both' } } })
})

test('names of models and headers keep their dots', async () => {
  const home = openHome()
  await configIn(home, ['set', 'models.aliases.claude-3.5-sonnet', 'vendor/sonnet@3.5'])
  expect(stored(home)).toEqual({ models: { aliases: { 'claude-3.5-sonnet': 'vendor/sonnet@3.5' } } })
  expect(await valueIn(home, 'models.aliases.claude-3.5-sonnet')).toBe('vendor/sonnet@3.5')
})

test('a map is set and shown as JSON', async () => {
  const home = openHome()
  await configIn(home, ['set', 'tags', '{"project":"search","costCenter":"4711"}'])
  expect(JSON.parse(await valueIn(home, 'tags'))).toEqual({ project: 'search', costCenter: '4711' })
})

test('a header is found in any letter case', async () => {
  const home = openHome()
  await configIn(home, ['set', 'headers.X-Team', 'keychain:team'])
  expect(await valueIn(home, 'headers.x-team')).toBe('keychain:team')
})

test('what is unset has its default again', async () => {
  const home = openHome()
  await configIn(home, ['set', 'timeouts.connect', '3s'])
  expect((await configIn(home, ['unset', 'timeouts.connect'])).exitCode).toBe(0)
  expect(await valueIn(home, 'timeouts.connect')).toBe('10s')
  expect(stored(home)).toEqual({})
})

test('a whole profile can be unset', async () => {
  const home = openHome()
  writeFile(userFile(home), { auth: 'both', profiles: { work: { auth: 'bearer' } } })
  await configIn(home, ['unset', 'profiles.work'])
  expect(stored(home)).toEqual({ auth: 'both' })
})

test('unsetting what is not set says so', async () => {
  const home = openHome()
  const { stderr, exitCode } = await configIn(home, ['unset', 'auth'])
  expect(stderr).toBe(`claude-gw: \`auth\` is not set in ${userFile(home)}\n`)
  expect(exitCode).toBe(0)
})

test.each([
  ['upstreem', 'did you mean `upstream`?\n  the keys are listed by `claude-gw help configuration`'],
  ['timeouts.conect', 'did you mean `timeouts.connect`?'],
  ['profiles.work.upstrem', 'did you mean `profiles.work.upstream`?'],
  ['profiles.work.profile', 'there is no key'],
  ['__proto__.upstream', 'there is no key'],
  ['profiles.__proto__.upstream', 'there is no key'],
])('%s is no key, and nothing is written', async (key, message) => {
  const home = openHome()
  const { stderr, exitCode } = await configIn(home, ['set', key, 'https://a.example'])
  expect(stderr).toContain(message)
  expect(exitCode).toBe(3)
  expect(existsSync(userFile(home))).toBe(false)
})

test.each([
  ['upstream', 'ftp://a.example', 'must be a URL'],
  ['upstream', 'https://user@a.example', 'without user name'],
  ['upstream', 'http://a.example', 'must be an https URL'],
  ['credential', 'keychian:team', 'must be `auto`, `passthrough`, `keychain:ACCOUNT`'],
  ['tls.passphrase', 'env:', 'must be `keychain:ACCOUNT`'],
  ['tls.ca', '/nonexistent.pem', 'not /nonexistent.pem (ENOENT'],
  ['tls.cert', '~/nonexistent.pem', '`tls.cert` must be a file that can be read'],
  ['tls.key', '/', 'it is a folder'],
  ['timeouts.connect', 'soon', 'a duration such as 10s'],
  ['serve.port', '99999', 'a port number'],
  ['allowHttp', 'yes', '`true` or `false`'],
  ['log.level', 'loud', '`off` or `meta`'],
  ['headers.Host', 'evil.example', 'not those of the connection'],
  ['headers.X-A', 'a\nX-B: b', 'printable ASCII'],
  ['tags', '["a"]', 'a JSON object'],
])('%s cannot be %j, and nothing is written', async (key, value, message) => {
  const home = openHome()
  const { stderr, exitCode } = await configIn(home, ['set', key, value])
  expect(stderr).toContain(message)
  expect(exitCode).toBe(3)
  expect(existsSync(userFile(home))).toBe(false)
})

test.each([
  ['credential', 'sk-ant-api03-canary-5f3a'],
  ['headers.Authorization', 'Bearer canary-5f3a-canary-5f3a'],
  ['tags.key', 'sk-ant-api03-canary-5f3a', 'take it out'],
  ['proxy', 'http://user:canary-5f3a@proxy.example', 'CLAUDE_GW_PROXY'],
])('a secret is refused as %s, with the way to keep it', async (key, value, way = 'login') => {
  const home = openHome()
  const { stdout, stderr, exitCode } = await configIn(home, ['set', key, value])
  expect(stderr).toContain(way)
  expect(stdout + stderr).not.toContain('canary')
  expect(exitCode).toBe(3)
  expect(existsSync(userFile(home))).toBe(false)
})

test('plain http is allowed once allowHttp is set', async () => {
  const home = openHome()
  await configIn(home, ['set', 'allowHttp', 'true'])
  expect((await configIn(home, ['set', 'upstream', 'http://a.example'])).exitCode).toBe(0)
})

test('a profile that is not there cannot be made the one in use', async () => {
  const home = openHome()
  writeFile(userFile(home), { profiles: { work: {} } })
  const { stderr, exitCode } = await configIn(home, ['set', 'profile', 'wrok'])
  expect(stderr).toContain('there is no profile `wrok`; known are `default`, `work`')
  expect(exitCode).toBe(3)
})

test('what goes before a new value is named', async () => {
  const home = openHome()
  const env = { CLAUDE_GW_AUTH: 'bearer' }
  const { stderr, exitCode } = await configIn(home, ['set', 'auth', 'both'], { env })
  expect(stderr).toContain('it has no effect here: CLAUDE_GW_AUTH goes before it\n')
  expect(exitCode).toBe(0)
})

test('the profile in use that goes before a new value is named by file and line', async () => {
  const home = openHome()
  writeFile(userFile(home), { profile: 'work', profiles: { work: { auth: 'bearer' } } })
  const { stderr } = await configIn(home, ['set', 'auth', 'both'])
  expect(stderr).toMatch(/no effect here: .*config\.json:\d+ goes before it/)
})

test('a project file that is broken does not stand in the way', async () => {
  const home = openHome()
  writeFile(projectFile(home), '{')
  expect((await configIn(home, ['set', 'auth', 'both'])).exitCode).toBe(0)
  expect(stored(home)).toEqual({ auth: 'both' })
})

test('what an unknown version wrote stays', async () => {
  const home = openHome()
  writeFile(userFile(home), { fromTheFuture: { a: [1] } })
  await configIn(home, ['set', 'auth', 'both'])
  expect(stored(home)).toEqual({ fromTheFuture: { a: [1] }, auth: 'both' })
})

test('a file that is no JSON is kept aside, and named with line and column', async () => {
  const home = openHome()
  writeFile(userFile(home), '{\n  "auth": both\n}')
  const { stderr, exitCode } = await configIn(home, ['set', 'auth', 'both'])
  expect(stderr).toContain(`${userFile(home)}:2:11: `)
  expect(exitCode).toBe(3)
  const [aside] = readdirSync(dirname(userFile(home))).filter((name) => name.includes('.corrupt-'))
  expect(stderr).toContain(`${aside}`)
})

test('get has exit code 1 and no output where nothing is set', async () => {
  const home = openHome()
  expect(await configIn(home, ['get', 'credentialTtl'])).toMatchObject({
    stdout: '',
    stderr: 'claude-gw: `credentialTtl` is not set; what is used then: by source\n',
    exitCode: 1,
  })
  expect(await configIn(home, ['get', 'tags.project'])).toMatchObject({ stdout: '', exitCode: 1 })
})

test('get --json has the origin and what it shadows', async () => {
  const home = openHome()
  writeFile(userFile(home), { auth: 'both' })
  const { stdout } = await configIn(home, ['get', 'auth', '--json'], { env: { CLAUDE_GW_AUTH: 'bearer' } })
  expect(JSON.parse(stdout)).toEqual({
    key: 'auth',
    value: 'bearer',
    origin: 'CLAUDE_GW_AUTH',
    shadowed: [{ origin: `${userFile(home)}:2`, value: 'both' }],
  })
})

test.each([
  [[], userFile],
  [['--project'], projectFile],
  [['--machine'], () => machineFilePath({}, process.platform)],
] as const)('path %j prints where a file is', async (options, path) => {
  const home = openHome()
  writeFile(projectFile(home), { upstream: 'https://a.example' })
  const { stdout, stderr } = await configIn(home, ['path', ...options])
  expect({ stdout, stderr }).toEqual({ stdout: `${path(home)}\n`, stderr: '' })
})

test('path --project has exit code 1 where there is none', async () => {
  const { stdout, exitCode } = await configIn(openHome(), ['path', '--project'])
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
})

test('CLAUDE_GW_CONFIG_DIR moves the file', async () => {
  const home = openHome()
  const env = { CLAUDE_GW_CONFIG_DIR: `${home.directory}/elsewhere` }
  expect((await configIn(home, ['path'], { env })).stdout).toBe(`${home.directory}/elsewhere/config.json\n`)
})

function stored(home: Home): unknown {
  return JSON.parse(readFileSync(userFile(home), 'utf8'))
}

test('a value that does not do is answered with one that would, or with the way back', async () => {
  const home = openHome()
  const setting = async (...args: string[]) => (await configIn(home, ['set', ...args])).stderr
  const example = String.raw`for example: claude-gw config set log.redact '["ACME-\\d{6}"]'`
  expect(await setting('log.redact', 'ACME')).toContain(example)
  expect(await setting('log.redact', '["(?=a)b"]')).toContain(example)
  expect(await setting('profiles.work.upstream', 'ftp://x')).toContain(
    'for example: claude-gw config set profiles.work.upstream https://gateway.example.com',
  )
  const level = await setting('log.level', 'all')
  expect(level).toContain('`log.level` must be `off` or `meta` or `errors` or `full`, not "all"')
  expect(level).toContain('`claude-gw config unset log.level` goes back to the default')
})

test('a price file is looked into before its path is stored', async () => {
  const home = openHome()
  const path = join(home.directory, 'prices.json')
  const set = () => configIn(home, ['set', 'prices', path])
  const missing = await set()
  expect(missing.exitCode).toBe(3)
  expect(missing.stderr).toContain(`cannot read ${path}: there is no such file`)
  expect(missing.stderr).toContain('mend the file and set it then')
  writeFileSync(path, '{"prices":[]}')
  expect((await set()).stderr).toContain('the field `date` is missing')
  expect(existsSync(userFile(home))).toBe(false)
  writeFileSync(path, '{"date":"2026-11-01","prices":[]}')
  expect((await set()).exitCode).toBe(0)
  expect(stored(home)).toEqual({ prices: path })
})

test('patterns are a list, and one that is none is refused with the reason', async () => {
  const home = openHome()
  await configIn(home, ['set', 'log.redact', '["ACME-\\\\d{6}", "[a-z]+@example\\\\.com"]'])
  expect(stored(home)).toEqual({ log: { redact: ['ACME-\\d{6}', '[a-z]+@example\\.com'] } })
  expect(JSON.parse(await valueIn(home, 'log.redact'))).toEqual(['ACME-\\d{6}', '[a-z]+@example\\.com'])
  const refused = await configIn(home, ['set', 'log.redact', '["(?=a)b"]'])
  expect(refused.exitCode).toBe(3)
  expect(refused.stderr).toContain('`log.redact` must be patterns (of the groups that begin with `(?`')
  expect((await configIn(home, ['set', 'log.redact', 'ACME'])).stderr).toContain(
    'a JSON array of at most 64 texts',
  )
})

test.each([
  ['log.retention.days', '0', 'a whole number of days'],
  ['log.retention.days', '2.5', 'a whole number of days'],
  ['log.retention.bytes', 'much', 'a size'],
  ['log.level', 'everything', '`full`'],
])('%s cannot be %s', async (key, value, expected) => {
  const { exitCode, stderr } = await configIn(openHome(), ['set', key, value])
  expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: expect.stringContaining(expected) })
})
