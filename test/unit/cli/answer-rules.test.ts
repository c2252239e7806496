import { expect, test } from 'vitest'
import { openAnswerRules } from '../../../src/cli/answer-rules.ts'

/** What is done with the findings of a detector; undefined where it is off. */
async function actionOf(detector: string, ...entries: readonly string[]) {
  const rules = await openAnswerRules(entries, 'flag', 'config')
  return rules.find((rule) => rule.detector.name === detector)?.action
}

test('an entry has its own action, or that of the mode', async () => {
  expect(await actionOf('email', 'email:deny', 'jwt')).toBe('deny')
  expect(await actionOf('jwt', 'email:deny', 'jwt')).toBe('flag')
  expect(await actionOf('phone', 'email:deny', 'jwt')).toBeUndefined()
})

test('what is named itself counts before `all`, wherever it stands', async () => {
  expect(await actionOf('email', 'email:flag', 'all:deny')).toBe('flag')
  expect(await actionOf('phone', 'email:flag', 'all:deny')).toBe('deny')
})

test('one that errs has to be named beside `all`', async () => {
  expect(await actionOf('high-entropy', 'all:mask')).toBeUndefined()
  expect(await actionOf('high-entropy', 'all:mask', 'high-entropy:flag')).toBe('flag')
})
