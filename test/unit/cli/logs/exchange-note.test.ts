import { expect, test } from 'vitest'
import { noteForms } from '../../../../src/cli/logs/exchange-note.ts'
import { exchangeRecord } from '../../../support/exchange-record.ts'

test('rules that refused or flagged stand in the note, what is done to every request does not', () => {
  const policy = [
    { rule: 'mask.email', action: 'mask', count: 7 },
    { rule: 'guard.flag', action: 'flag', count: 2 },
  ] as const
  expect(noteForms(exchangeRecord({ policy }))).toEqual(['guard.flag ×2'])
})

test('the rule of a refusal stands before what was said', () => {
  const denied = exchangeRecord({
    outcome: 'refused',
    answered_by: 'claude-gw',
    policy: [{ rule: 'guard.models', action: 'deny', count: 1 }],
    error: { type: 'invalid_request_error', message: 'the request asks for the model `x`' },
  })
  expect(noteForms(denied)).toEqual([
    'guard.models, invalid_request_error: the request asks for the model `x`',
    'guard.models, the request asks for the model `x`',
  ])
})
