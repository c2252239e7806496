import { expect, test } from 'vitest'
import { addToTotals, createTotals, tokenCounts } from '../../../src/exchange/totals.ts'

const openai = { prompt_tokens: 100, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 60 } }
const anthropic = { input_tokens: 40, output_tokens: 7, cache_read_input_tokens: 60 }

test.each([
  ['of OpenAI', openai],
  ['of Anthropic', anthropic],
  ['of both', { ...openai, ...anthropic }],
])('the tokens of a usage with the counters %s count once', (_whose, usage) => {
  const totals = createTotals()
  addToTotals(totals, { outcome: 'ok', usage })
  expect(tokenCounts(totals)).toEqual({
    input_tokens: 40,
    output_tokens: 7,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 60,
  })
})
