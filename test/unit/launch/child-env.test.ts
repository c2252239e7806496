import { describe, expect, test } from 'vitest'
import type { SettingsLayer, SettingsScope } from '../../../src/claude/layer.ts'
import { parseLayer, unreadableLayer } from '../../../src/claude/layer.ts'
import type { ChildEnvironmentInput } from '../../../src/launch/child-env.ts'
import { childEnvironment } from '../../../src/launch/child-env.ts'

const URL = 'http://127.0.0.1:4711'
const ALL = { toolSearch: true, fineGrainedStreaming: true }
const TOKEN = 'cgw-token'
const SECRET_URL = `${URL}/secret`

describe('credentials', () => {
  test('in token mode the child has the token of the run, and nothing else', () => {
    const { env } = build({
      env: {
        PATH: '/bin',
        ANTHROPIC_BASE_URL: 'https://gateway.example',
        ANTHROPIC_AUTH_TOKEN: 'upstream-secret',
        ANTHROPIC_API_KEY: 'upstream-secret',
        CLAUDE_CODE_OAUTH_TOKEN: 'upstream-secret',
        MY_KEY: 'upstream-secret',
      },
      withheld: ['MY_KEY'],
    })
    expect(env).toMatchObject({ PATH: '/bin', ANTHROPIC_BASE_URL: URL, ANTHROPIC_AUTH_TOKEN: TOKEN })
    expect(JSON.stringify(env)).not.toContain('upstream-secret')
  })

  test('in path mode the child keeps its own', () => {
    const own = { ANTHROPIC_API_KEY: 'a', ANTHROPIC_AUTH_TOKEN: 'b', CLAUDE_CODE_OAUTH_TOKEN: 'c' }
    const { env } = build({ env: own, gateway: pathGateway() })
    expect(env).toMatchObject({ ...own, ANTHROPIC_BASE_URL: SECRET_URL })
    expect(env).not.toHaveProperty('CLAUDE_GW_RUN_TOKEN')
  })

  test('in path mode the token of an outer gateway does not stay', () => {
    const env = { ANTHROPIC_AUTH_TOKEN: 'cgw-outer', CLAUDE_GW_RUN_TOKEN: 'cgw-outer', CLAUDE_GW_RUN_ID: 'r' }
    expect(build({ env, gateway: pathGateway() }).env).not.toHaveProperty('ANTHROPIC_AUTH_TOKEN')
  })

  test('what is withheld is withheld in path mode too', () => {
    const { env } = build({ env: { MY_KEY: 'x' }, gateway: pathGateway(), withheld: ['MY_KEY'] })
    expect(env).not.toHaveProperty('MY_KEY')
  })

  test('on Windows names have any case', () => {
    const { env } = build({
      env: { Anthropic_Api_Key: 'x', My_Key: 'x', anthropic_base_url: 'x', Path: 'C:\\' },
      platform: 'win32',
      withheld: ['MY_KEY'],
    })
    expect(Object.keys(env)).not.toContain('Anthropic_Api_Key')
    expect(Object.keys(env)).not.toContain('My_Key')
    expect(env).toMatchObject({ anthropic_base_url: URL, Path: 'C:\\' })
    expect(env).not.toHaveProperty('ANTHROPIC_BASE_URL')
  })
})

describe('proxy exceptions', () => {
  test.each([
    { given: {}, upper: '127.0.0.1,localhost,::1', lower: '127.0.0.1,localhost,::1' },
    {
      given: { NO_PROXY: 'a.example, localhost' },
      upper: 'a.example,localhost,127.0.0.1,::1',
      lower: 'a.example,localhost,127.0.0.1,::1',
    },
    {
      given: { NO_PROXY: 'a.example', no_proxy: 'b.example' },
      upper: 'a.example,127.0.0.1,localhost,::1',
      lower: 'b.example,127.0.0.1,localhost,::1',
    },
    { given: { no_proxy: '*' }, upper: '*', lower: '*' },
  ])('$given get the loopback', ({ given, upper, lower }) => {
    expect(build({ env: given }).env).toMatchObject({ NO_PROXY: upper, no_proxy: lower })
  })

  test('Windows has one list', () => {
    const { env } = build({ env: { no_proxy: 'a.example' }, platform: 'win32' })
    expect(env['no_proxy']).toBe('a.example,127.0.0.1,localhost,::1')
    expect(env).not.toHaveProperty('NO_PROXY')
  })
})

describe('what Claude Code switches off behind another base URL', () => {
  const names = ['ENABLE_TOOL_SEARCH', 'CLAUDE_CODE_ENABLE_FINE_GRAINED_TOOL_STREAMING']

  test('is given back where it is known to work', () => {
    const { env } = build({ features: ALL })
    expect(names.map((name) => env[name])).toEqual(['true', '1'])
  })

  test('is given back one by one', () => {
    const { env } = build({ features: { toolSearch: false, fineGrainedStreaming: true } })
    expect(names.map((name) => env[name])).toEqual([undefined, '1'])
  })

  test('stays off where nobody has looked', () => {
    const { env } = build({ features: {} })
    expect(names.map((name) => env[name])).toEqual([undefined, undefined])
  })

  test('follows the configuration', () => {
    const { env } = build({ features: {}, toolSearch: 'on', fineGrainedStreaming: 'off' })
    expect(names.map((name) => env[name])).toEqual(['true', undefined])
    expect(build({ features: ALL, toolSearch: 'off' }).env).not.toHaveProperty('ENABLE_TOOL_SEARCH')
  })

  test('is the user’s, where the user has set it', () => {
    const { env } = build({ features: ALL, env: { ENABLE_TOOL_SEARCH: '' } })
    expect(env['ENABLE_TOOL_SEARCH']).toBe('')
  })
})

describe('settings that lead elsewhere', () => {
  test.each([
    { scope: 'user', document: { env: { ANTHROPIC_BASE_URL: 'https://x' } } },
    { scope: 'project', document: { env: { ANTHROPIC_BASE_URL: 'https://x' } } },
    { scope: 'local', document: { env: { ANTHROPIC_AUTH_TOKEN: 'x' } } },
    { scope: 'argument', document: { env: { ANTHROPIC_API_KEY: 'x' } } },
    { scope: 'user', document: { env: { no_proxy: 'a.example' } } },
    { scope: 'user', document: { apiKeyHelper: 'x' } },
  ] as const)('$scope $document switch to host-managed', ({ scope, document }) => {
    const { env, routing } = build({ layers: [layer(scope, document)] })
    expect(routing).toEqual({ kind: 'host' })
    expect(env['CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST']).toBe('1')
  })

  test('are replaced for a background session, which a host-managed Claude Code does not let in', () => {
    const { env, routing } = build({
      layers: [layer('user', { env: { ANTHROPIC_BASE_URL: 'https://x' } })],
      isBackground: true,
    })
    expect(routing).toMatchObject({
      kind: 'settings',
      document: { env: { ANTHROPIC_BASE_URL: URL, ANTHROPIC_AUTH_TOKEN: TOKEN } },
    })
    expect(env).not.toHaveProperty('CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST')
  })

  test.each([
    { scope: 'user', document: { env: { ANTHROPIC_MODEL: 'opus' } } },
    { scope: 'user', document: { env: { ANTHROPIC_BASE_URL: '' } } },
    { scope: 'user', document: { env: { NO_PROXY: 'a.example' } } },
    { scope: 'user', document: { env: { no_proxy: 'a.example,127.0.0.1' } } },
    { scope: 'managed', document: { env: { ANTHROPIC_MODEL: 'opus' } } },
  ] as const)('$scope $document do not', ({ scope, document }) => {
    const { env, routing } = build({ layers: [layer(scope, document)] })
    expect(routing).toEqual({ kind: 'none' })
    expect(env).not.toHaveProperty('CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST')
  })

  test('are answered by settings of ours where a login must go on working', () => {
    const layers = [layer('user', { env: { ANTHROPIC_BASE_URL: 'https://x' }, apiKeyHelper: 'h' })]
    const { env, routing } = build({ layers, gateway: pathGateway() })
    expect(routing).toEqual({ kind: 'settings', document: { env: { ANTHROPIC_BASE_URL: SECRET_URL } } })
    expect(env).not.toHaveProperty('CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST')
  })

  test('credentials and helpers are no matter in path mode', () => {
    const layers = [layer('user', { env: { ANTHROPIC_AUTH_TOKEN: 'x' }, apiKeyHelper: 'h' })]
    expect(build({ layers, gateway: pathGateway() }).routing).toEqual({ kind: 'none' })
  })

  test('settings of ours hold what the user gave with --settings', () => {
    const own = { model: 'opus', env: { A: 'b', ANTHROPIC_BASE_URL: 'https://x', no_proxy: 'a.example' } }
    const { routing } = build({ layers: [layer('argument', own)], gateway: pathGateway() })
    expect(routing).toEqual({
      kind: 'settings',
      document: {
        model: 'opus',
        env: {
          A: 'b',
          ANTHROPIC_BASE_URL: SECRET_URL,
          no_proxy: 'a.example,127.0.0.1,localhost,::1',
        },
      },
    })
  })
})

test('a --settings file that ours replace without having read it is told', () => {
  const own = unreadableLayer('argument', '/dev/fd/63', 'it is no regular file')
  const user = layer('user', { env: { ANTHROPIC_BASE_URL: 'https://x' } })
  const { notes } = build({ layers: [own, user], gateway: pathGateway() })
  expect(notes).toEqual(['/dev/fd/63 has no effect in this run: it is no regular file'])
})

describe('a managed policy', () => {
  const user = layer('user', { env: { ANTHROPIC_BASE_URL: 'https://x' } })

  test.each([
    {
      document: { env: { ANTHROPIC_BASE_URL: 'https://corp' } },
      note: 'env.ANTHROPIC_BASE_URL, which leads past claude-gw',
    },
    { document: { apiKeyHelper: 'corp-key' }, note: 'apiKeyHelper: this policy stays in force' },
    { document: { forceLoginMethod: 'claudeai' }, note: 'forceLoginMethod: this policy stays in force' },
    { document: { forceLoginOrgUUID: ['a'] }, note: 'forceLoginOrgUUID: this policy stays in force' },
  ])('$document is not overridden, and is told', ({ document, note }) => {
    const { env, routing, notes } = build({ layers: [layer('managed', document), user] })
    expect(env).not.toHaveProperty('CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST')
    expect(routing).toEqual({
      kind: 'settings',
      document: {
        apiKeyHelper: '',
        env: {
          ANTHROPIC_BASE_URL: URL,
          ANTHROPIC_AUTH_TOKEN: TOKEN,
          ANTHROPIC_API_KEY: '',
          CLAUDE_CODE_OAUTH_TOKEN: '',
        },
      },
    })
    expect(notes).toEqual([`managed.json sets ${note}`])
  })

  test('lets no credential of other settings into the child or into our file', () => {
    const own = { ANTHROPIC_API_KEY: 'real', CLAUDE_CODE_OAUTH_TOKEN: 'real', MY_KEY: 'real', A: 'b' }
    const layers = [
      layer('managed', { forceLoginMethod: 'console' }),
      layer('argument', { apiKeyHelper: 'echo real', env: own }),
      layer('user', { env: { ANTHROPIC_AUTH_TOKEN: 'real' } }),
    ]
    const { routing } = build({ layers, withheld: ['MY_KEY'] })
    expect(JSON.stringify(routing)).not.toContain('real')
    expect(routing).toMatchObject({
      document: { env: { A: 'b', ANTHROPIC_AUTH_TOKEN: TOKEN, ANTHROPIC_API_KEY: '', MY_KEY: '' } },
    })
  })

  test('alone needs no settings of ours, which could not win against it', () => {
    const managed = layer('managed', { env: { ANTHROPIC_BASE_URL: 'https://corp' } })
    expect(build({ layers: [managed] }).routing).toEqual({ kind: 'none' })
  })

  test('that cannot be read is not overridden either', () => {
    const { env, notes } = build({ layers: [unreadableLayer('managed', '/etc/m.json', 'EACCES'), user] })
    expect(env).not.toHaveProperty('CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST')
    expect(notes).toEqual(['/etc/m.json cannot be read (EACCES): whatever policy it holds stays in force'])
  })
})

describe('what the host-managed switch would drop', () => {
  const diverting = { ANTHROPIC_BASE_URL: 'https://x', ANTHROPIC_AUTH_TOKEN: 'x' }

  test.each([
    'ANTHROPIC_MODEL',
    'ANTHROPIC_DEFAULT_MODEL',
    'ANTHROPIC_DEFAULT_OPUS_MODEL',
    'ANTHROPIC_DEFAULT_SONNET_MODEL_NAME',
    'ANTHROPIC_SMALL_FAST_MODEL',
    'ANTHROPIC_CUSTOM_MODEL_OPTION_DESCRIPTION',
    'ANTHROPIC_CUSTOM_HEADERS',
    'CLAUDE_CODE_SUBAGENT_MODEL',
    'CLAUDE_CODE_SUBAGENT_MODEL_FORCE',
    'CLAUDE_CODE_WORKFLOW_SUBAGENT_MODEL',
    'CLAUDE_CODE_AUTO_MODE_MODEL',
    'HTTPS_PROXY',
    'http_proxy',
    'ALL_PROXY',
    'NPM_CONFIG_PROXY',
    'CLAUDE_CODE_CERT_STORE',
    'NODE_EXTRA_CA_CERTS',
    'SSL_CERT_FILE',
    'REQUESTS_CA_BUNDLE',
    'AWS_PROFILE',
    'GOOGLE_CLOUD_PROJECT',
    'DISABLE_GROWTHBOOK',
  ])('%s is carried over', (name) => {
    const { env } = build({ layers: [layer('user', { env: { ...diverting, [name]: 'mine' } })] })
    expect(env[name]).toBe('mine')
  })

  test.each([
    'CLAUDE_CODE_USE_FOUNDRY',
    'ANTHROPIC_BEDROCK_BASE_URL',
    'AWS_BEARER_TOKEN_BEDROCK',
    'CLAUDE_CONFIG_DIR',
    'PATH',
    'NODE_OPTIONS',
    'x;touch /tmp/p;_PROXY',
    'A\nB_PROXY',
    'AWS_$(id)_CERT',
  ])('%s is not', (name) => {
    const { env } = build({ layers: [layer('user', { env: { ...diverting, [name]: 'mine' } })] })
    expect(env).not.toHaveProperty(name)
  })

  test('with the precedence of Claude Code: managed, --settings, user, environment', () => {
    const named = (scope: SettingsScope) => layer(scope, { env: { ...model(scope), ...diverting } })
    const layers = [layer('managed', { env: model('managed') }), named('argument'), named('user')]
    const models = [0, 1, 2, 3].map((from) => {
      const rest = [...layers.slice(from), layer('project', { env: diverting })]
      return build({ layers: rest, env: { ANTHROPIC_MODEL: 'environment' } }).env['ANTHROPIC_MODEL']
    })
    expect(models).toEqual(['managed', 'argument', 'user', 'environment'])
  })

  test('but not from a repository, which is told', () => {
    const { env, notes } = build({ layers: [layer('project', { env: { ...diverting, ...model('repo') } })] })
    expect(env).not.toHaveProperty('ANTHROPIC_MODEL')
    expect(notes).toEqual(['project.json: env.ANTHROPIC_MODEL has no effect in this run'])
  })

  test('proxy exceptions of the settings get the loopback', () => {
    const { env } = build({ layers: [layer('user', { env: { ...diverting, NO_PROXY: 'a.example' } })] })
    expect(env['NO_PROXY']).toBe('a.example,127.0.0.1,localhost,::1')
  })

  function model(name: string) {
    return { ANTHROPIC_MODEL: name }
  }
})

describe('markers for a run inside the session', () => {
  test('tell the run and the address from before it', () => {
    const { env } = build({ env: { ANTHROPIC_BASE_URL: 'https://gateway.example' } })
    expect(env).toMatchObject({
      CLAUDE_GW_RUN_ID: 'run-1',
      CLAUDE_GW_RUN_PROFILE: 'work',
      CLAUDE_GW_RUN_URL: URL,
      CLAUDE_GW_RUN_TOKEN: TOKEN,
      CLAUDE_GW_RUN_DEPTH: '1',
      CLAUDE_GW_RUN_OUTER_BASE_URL: 'https://gateway.example',
    })
  })

  test('keep the address from before the outermost run', () => {
    const outer = build({ env: { ANTHROPIC_BASE_URL: 'https://gateway.example' } }).env
    const { env } = build({ env: outer, runId: 'run-2', profile: 'other' })
    expect(env).toMatchObject({
      CLAUDE_GW_RUN_ID: 'run-2',
      CLAUDE_GW_RUN_PROFILE: 'other',
      CLAUDE_GW_RUN_DEPTH: '2',
      CLAUDE_GW_RUN_OUTER_BASE_URL: 'https://gateway.example',
    })
  })

  test('do not take the outer gateway for the address from before', () => {
    const outer = build({}).env
    expect(build({ env: outer, runId: 'run-2' }).env).not.toHaveProperty('CLAUDE_GW_RUN_OUTER_BASE_URL')
  })
})

test('what an outer run added for itself is taken back, what the user set is not', () => {
  const hostile = layer('user', { env: { ANTHROPIC_BASE_URL: 'https://x' } })
  const user = { ENABLE_TOOL_SEARCH: 'auto:5' }
  const outer = build({ layers: [hostile], features: ALL, env: user }).env
  const { env } = build({ env: outer, gateway: pathGateway(), runId: 'run-2' })
  expect(env).not.toHaveProperty('CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST')
  expect(env).not.toHaveProperty('CLAUDE_CODE_ENABLE_FINE_GRAINED_TOOL_STREAMING')
  expect(env).toMatchObject(user)
})

test('a run on the same gateway keeps what the outer one added', () => {
  const outer = build({ features: ALL }).env
  const { env } = build({ env: outer, features: {} })
  expect(env['ENABLE_TOOL_SEARCH']).toBe('true')
  expect(env['CLAUDE_GW_RUN_ADDED']).toBe(outer['CLAUDE_GW_RUN_ADDED'])
})

test('what an outer Claude Code left stays as it is', () => {
  const left = { CLAUDECODE: '1', CLAUDE_CODE_ENTRYPOINT: 'cli', CLAUDE_CODE_SESSION_ID: 'x' }
  expect(build({ env: left }).env).toMatchObject(left)
})

function build(changes: Partial<ChildEnvironmentInput>) {
  return childEnvironment({
    env: {},
    platform: 'linux',
    layers: [],
    gateway: { url: URL, access: { kind: 'token', token: TOKEN } },
    profile: 'work',
    runId: 'run-1',
    configuredUpstream: 'https://ai.example.com',
    features: {},
    toolSearch: 'auto',
    fineGrainedStreaming: 'auto',
    withheld: [],
    isBackground: false,
    ...changes,
  })
}

function pathGateway(): ChildEnvironmentInput['gateway'] {
  return { url: SECRET_URL, access: { kind: 'path' } }
}

function layer(scope: SettingsScope, document: object): SettingsLayer {
  return parseLayer(scope, `${scope}.json`, JSON.stringify(document))
}
