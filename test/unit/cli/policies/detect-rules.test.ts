import { describe, expect, test } from 'vitest'
import { openDetectRules } from '../../../../src/cli/policies/detect-rules.ts'
import { openMaskRules } from '../../../../src/cli/policies/mask-rules.ts'
import { resolveConfig } from '../../../../src/config/config.ts'
import { USUAL_DETECTORS } from '../../../../src/policies/detect/detectors.ts'

type Variables = Readonly<Record<string, unknown>>

function config(policies: Variables) {
  const env = Object.entries(policies).map(
    ([name, value]) =>
      [`CLAUDE_GW_POLICIES_${name}`, typeof value === 'string' ? value : JSON.stringify(value)] as const,
  )
  return resolveConfig({}, Object.fromEntries(env))
}

/** What is done by name. */
async function rules(detect: readonly string[], more: Variables = {}) {
  const found = await openMaskRules(config({ MASK_DETECT: detect, ...more }))
  return found.map(({ detector, action }) => `${detector.name}:${action}`)
}

describe('a list of detectors', () => {
  test('gives each the mode where it has no action of its own', async () => {
    const more = { MASK_MODE: 'flag' }
    expect(await rules(['email', 'jwt:deny', 'iban:irreversible', 'phone:mask'], more)).toEqual([
      'jwt:deny',
      'email:flag',
      'iban:irreversible',
      'phone:mask',
    ])
  })

  test('takes the last entry for a detector', async () => {
    expect(await rules(['email:deny', 'all', 'jwt:flag', 'jwt:deny'])).toEqual(
      USUAL_DETECTORS.map(({ name }) => `${name}:${name === 'jwt' ? 'deny' : 'mask'}`),
    )
    expect(await rules(['email:deny', 'all:flag', 'high-entropy'])).toEqual([
      ...USUAL_DETECTORS.map(({ name }) => `${name}:flag`),
      'high-entropy:mask',
    ])
  })

  test('has those of `policies.patterns` first, and in `all`', async () => {
    const more = { PATTERNS: { 'staff-id': 'EMP-\\d+', b: 'b' } }
    expect(await rules(['staff-id:deny'], more)).toEqual(['staff-id:deny'])
    expect((await rules(['all'], more)).slice(0, 3)).toEqual(['staff-id:mask', 'b:mask', 'private-key:mask'])
  })

  test('has the actions of its key', async () => {
    const list = { key: 'policies.mask.detect', actions: ['log', 'stop'], usualAction: 'stop' } as const
    const found = await openDetectRules(list, config({ MASK_DETECT: ['email:log', 'jwt'] }))
    expect(found.map(({ detector, action }) => [detector.name, action])).toEqual([
      ['jwt', 'stop'],
      ['email', 'log'],
    ])
  })

  test.each([
    [['mail'], {}, /policies\.mask\.detect` must be of `all`, .*`email`.*, not "mail"$/],
    [
      ['email:hide'],
      {},
      /must be `email`, or with one of `mask`, `irreversible`, `flag`, `deny` behind a colon/,
    ],
    [['email:'], {}, /must be `email`, or with one of/],
    [['x'], { PATTERNS: { x: '(a' } }, /`policies\.patterns\.x` must be a pattern \(`\(` is not closed\)/],
    [['email'], { PATTERNS: { x: 'a*' } }, /`policies\.patterns\.x` must be a pattern/],
    [['email'], { PATTERNS: { email: 'a' } }, /names that are not built in, not "email"/],
    [['email'], { PATTERNS: { all: 'a' } }, /names that are not built in, not "all"/],
  ])('%j with %j is refused', async (detect, more, message) => {
    await expect(rules(detect, more)).rejects.toThrow(message)
  })

  test.each(['Staff', '1a', 'a_b', 'a--b', 'a-', 'ä', 'a'.repeat(33)])(
    '%s is no name for a pattern',
    (name) => {
      expect(() => config({ PATTERNS: { [name]: 'a' } })).toThrow(/names of at most 32 lower-case letters/)
    },
  )

  test.each(['0', '8193', '9KB', 'x'])('%s is no length of a match', (text) => {
    expect(() => config({ MAX_MATCH: text })).toThrow(/a size from 1B to 8KB/)
  })
})
