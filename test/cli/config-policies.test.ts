import { describe, expect, test } from 'vitest'
import { openHome } from '../support/claude-run.ts'
import { configIn, userFile, writeFile } from '../support/configured.ts'

const RULES = 'policies.limits.rules'

/** What `config get` of a key says where this is the user's file. */
async function got(document: string, key: string, env: Record<string, string> = {}) {
  const home = openHome()
  writeFile(userFile(home), document)
  return configIn({ ...home, env: { ...home.env, ...env } }, ['get', key, '--json'])
}

describe('limits', () => {
  test('are read from a file as they stand there', async () => {
    const rules = { daily: { usd: 20, per: 'day', match: { model: '*opus*' } } }
    const { stdout, exitCode } = await got(JSON.stringify({ policies: { limits: { rules } } }), RULES)
    expect({ exitCode, found: JSON.parse(stdout) }).toMatchObject({
      exitCode: 0,
      found: [{ key: `${RULES}.daily`, value: rules.daily }],
    })
  })

  test('are read from a variable as JSON', async () => {
    const rules = { pace: { requests: 5, per: 'minute' } }
    const env = { CLAUDE_GW_POLICIES_LIMITS_RULES: JSON.stringify(rules) }
    expect(JSON.parse((await got('{}', RULES, env)).stdout)).toMatchObject([
      { value: rules.pace, origin: 'CLAUDE_GW_POLICIES_LIMITS_RULES' },
    ])
  })

  test('are refused with the line of what is wrong', async () => {
    const document =
      '{"policies": {"limits": {"rules": {\n"good": {"usd": 1, "per": "day"},\n"bad": {\n"usd": 1,\n"per": "year"}}}}}'
    const { exitCode, stderr } = await got(document, RULES)
    expect(exitCode).toBe(3)
    expect(stderr).toContain('config.json:5: `policies.limits.rules.bad.per` must be one of `minute`')
  })

  test('are refused from a variable with its name', async () => {
    const env = { CLAUDE_GW_POLICIES_LIMITS_RULES: '{"a":{"usd":1,"perr":"day"}}' }
    const { exitCode, stderr } = await got('{}', RULES, env)
    expect(exitCode).toBe(3)
    expect(stderr).toContain(
      'CLAUDE_GW_POLICIES_LIMITS_RULES: there is no key `policies.limits.rules.a.perr`; did you mean `per`?',
    )
  })

  test('of several layers are laid over each other one by one', async () => {
    const daily = { usd: 20, per: 'day' }
    const env = { CLAUDE_GW_POLICIES_LIMITS_RULES: '{"pace":{"requests":5,"per":"minute"}}' }
    const document = { policies: { limits: { rules: { daily, pace: { requests: 60, per: 'minute' } } } } }
    const { stdout } = await got(JSON.stringify(document, undefined, 1), RULES, env)
    expect(JSON.parse(stdout)).toMatchObject([
      { key: `${RULES}.pace`, value: { requests: 5 }, shadowed: [{ value: { requests: 60 } }] },
      { key: `${RULES}.daily`, value: daily, shadowed: [] },
    ])
  })

  test('no password of a store is shown', async () => {
    const document = '{"policies": {"limits": {"store": "redis://:hunter2-hunter2@localhost"}}}'
    const { exitCode, stdout, stderr } = await got(document, 'policies.limits.store')
    expect(exitCode).toBe(3)
    expect(stdout + stderr).not.toContain('hunter2')
  })
})

test('`config set` refuses a detector that there is none of, and says which there are', async () => {
  const { exitCode, stderr } = await configIn(openHome(), ['set', 'policies.mask.detect', '["mail"]'])
  expect(exitCode).toBe(3)
  expect(stderr).toMatch(/`policies\.mask\.detect` must be of `all`, `private-key`.*`email`.*, not "mail"/)
})

test.each(['mail', 'email:block', 'email:deny:mask'])(
  '`config set` refuses a rule for answers that there is none of: %s',
  async (entry) => {
    const value = JSON.stringify([entry])
    const { exitCode, stderr } = await configIn(openHome(), ['set', 'policies.answer.detect', value])
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/`policies\.answer\.detect` must be .*`/)
    expect(stderr).toContain(`not "${entry}"`)
  },
)

test('`config set` checks patterns, and lists that name them', async () => {
  const home = openHome()
  const set = (...args: string[]) => configIn(home, ['set', ...args])
  const bad = await set('policies.patterns.staff-id', 'EMP-(')
  expect(bad.exitCode).toBe(3)
  expect(bad.stderr).toContain('config: `policies.patterns.staff-id` must be a pattern (')
  expect((await set('policies.patterns.email', 'a')).exitCode).toBe(3)
  expect((await set('policies.mask.detect', '["staff-id:deny"]')).exitCode).toBe(3)
  expect(await set('policies.patterns.staff-id', 'EMP-\\d{6}')).toMatchObject({ exitCode: 0 })
  expect(await set('policies.mask.detect', '["staff-id:deny"]')).toMatchObject({ exitCode: 0 })
  expect((await set('policies.mask.detect', '["staff-id:hide"]')).exitCode).toBe(3)
})

test('`config set` takes limits and gives them back', async () => {
  const home = openHome()
  const rules = '{"daily":{"usd":20,"per":"day"}}'
  expect(await configIn(home, ['set', RULES, rules])).toMatchObject({ exitCode: 0 })
  expect((await configIn(home, ['get', RULES])).stdout.trim()).toBe(rules)
})

test('no secret is shown that somebody wrote into a rule or a list', async () => {
  const home = openHome()
  const key = 'sk-ant-api03-abcdefghijklmnopqrst'
  const url = 'https://me:hunter2@x.example'
  const rule = { usd: 1, per: 'day', match: { model: key } }
  const decorators = { a: { text: `see ${url}/a` }, b: { text: `use ${key}` } }
  const document = {
    log: { redact: [key] },
    policies: { limits: { rules: { [key]: rule } }, guard: { deny: [url] }, decorators },
  }
  writeFile(userFile(home), document)
  const gets = [RULES, `${RULES}.${key}`, 'policies.decorators', 'log.redact', 'policies.guard.deny']
  const commands = [['list'], ['list', '--origin'], ['list', '--json'], ...gets.map((name) => ['get', name])]
  for (const command of commands) {
    const { exitCode, stdout, stderr } = await configIn(home, command)
    expect({ command, exitCode }).toEqual({ command, exitCode: 0 })
    expect(stdout).toContain('[hidden]')
    expect(stdout + stderr).not.toMatch(/abcdef|hunter2/)
  }
})

test('`config set` takes one limit, beside those that are there', async () => {
  const home = openHome()
  const config = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await configIn(home, args)
    return { exitCode, text: (stdout || stderr).trim() }
  }
  const daily = '{"usd":20,"per":"day"}'
  expect(await config('set', `${RULES}.daily`, daily)).toMatchObject({ exitCode: 0 })
  expect(await config('set', `${RULES}.pace`, '{"requests":60,"per":"minute"}')).toMatchObject({
    exitCode: 0,
  })
  expect(await config('get', `${RULES}.daily`)).toEqual({ exitCode: 0, text: daily })
  expect(await config('unset', `${RULES}.pace`)).toMatchObject({ exitCode: 0 })
  expect(await config('get', RULES)).toEqual({ exitCode: 0, text: `{"daily":${daily}}` })
  expect(await config('get', `${RULES}.pace`)).toMatchObject({ exitCode: 1 })
})

test.each([
  [`${RULES}.daily`, 'much', '`policies.limits.rules.daily` must be JSON, not "much"'],
  [`${RULES}.daily`, '{"usd":20,"per":"year"}', '`policies.limits.rules.daily.per` must be one of `minute`'],
  [`${RULES}.a!b`, '{"usd":20,"per":"day"}', `set ${RULES}.daily '{"usd":20,"per":"day"}'`],
  [`${RULES}.mine.usd`, '30', '`policies.limits.rules.mine` must be set whole, not only its `usd`'],
  [`${RULES}.mine.usd`, '30', `for example: claude-gw config set ${RULES}.mine '{"usd":20,"per":"day"}'`],
  ['policies.decorators.brief.text', 'x', "config set policies.decorators.brief '{"],
  [`${RULES}.daily`, '{"usd":1,"usd":2,"per":"day"}', 'config:1:10: this name stands here for the second'],
  ['tags', '{"a":"1","a":"2"}', 'config:1:10: this name stands here for the second'],
  ['policies.decorators.brief', '{"txt":"x"}', '`policies.decorators.brief.txt`; did you mean `text`?'],
  ['policies.decorators.brief', '{"text":"sk-ant-api03-abcdefghijklmnopqrst"}', 'holds a secret itself'],
])('`config set %s %s` is refused', async (key, value, reason) => {
  const { exitCode, stderr } = await configIn(openHome(), ['set', key, value])
  expect(exitCode).toBe(3)
  expect(stderr).toContain(reason)
  expect(stderr).not.toContain('sk-ant')
})

test('`config set` takes decorators, and says which variables there are where one is none', async () => {
  const home = openHome()
  const rules = '{"brief":{"text":"Be very concise on {branch}.","at":"user-turn"}}'
  expect(await configIn(home, ['set', 'policies.decorators', rules])).toMatchObject({ exitCode: 0 })
  expect((await configIn(home, ['get', 'policies.decorators'])).stdout.trim()).toBe(rules)
  const wrong = rules.replace('{branch}', '{brnch}')
  const { exitCode, stderr } = await configIn(home, ['set', 'policies.decorators', wrong])
  expect(exitCode).toBe(3)
  expect(stderr).toContain(
    'config: `policies.decorators.brief.text` must be a text with no other variables than',
  )
  expect(stderr).toContain('`{repository}`, `{branch}`, `{user}`, `{date}`')
  expect(stderr).toContain('not one with "{brnch}"')
})

test('decorators are refused with the line of what is wrong', async () => {
  const document =
    '{"policies": {"decorators": {\n"good": {"text": "x"},\n"bad": {\n"text": "x",\n"at": "end"}}}}'
  const { exitCode, stderr } = await got(document, 'policies.decorators')
  expect(exitCode).toBe(3)
  expect(stderr).toContain('config.json:5: `policies.decorators.bad.at` must be one of `system-end`')
})

describe('lists of patterns', () => {
  test.each([
    ['models', ['opus', '!'], 'an array with "!" (entry 2)'],
    ['tools', [''], 'an array with "" (entry 1)'],
    ['paths', ['v1/files'], 'an array with "v1/files" (entry 1)'],
  ])('policies.guard.%s %j is refused with the entry that is wrong', async (name, patterns, shown) => {
    const key = `policies.guard.${name}`
    const inFile = await got(JSON.stringify({ policies: { guard: { [name]: patterns } } }), key)
    const env = { [`CLAUDE_GW_POLICIES_GUARD_${name.toUpperCase()}`]: JSON.stringify(patterns) }
    const inVariable = await got('{}', key, env)
    for (const { exitCode, stderr } of [inFile, inVariable]) {
      expect(exitCode).toBe(3)
      expect(stderr).toContain(`\`${key}\` must be `)
      expect(stderr).toContain(`not ${shown}\n`)
    }
  })
})

test.each(['POLICIES_DECORATORS', 'POLICIES_LIMITS_RULES', 'POLICIES_GUARD_MODELS', 'TAGS'])(
  'a variable %s that is no JSON is told to be none, without its text',
  async (name) => {
    const { exitCode, stderr } = await got('{}', RULES, { [`CLAUDE_GW_${name}`]: '{"a":{"text":"canary"' })
    expect(exitCode).toBe(3)
    expect(stderr).toContain('not a text that is no JSON')
    expect(stderr).not.toContain('canary')
  },
)
