import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { recordsOf, writeSettings } from '../support/claude-run.ts'
import { openSessionIn, PROGRAM, READY, say } from './interactive-session.ts'
import { pricedAnswer } from './priced-answer.ts'
import { openClaudeHome } from './real-claude.ts'
import { screenUnavailable } from './screen.ts'

const STATUSLINE = `${process.execPath} ${PROGRAM} statusline`
/** 0.0236 USD with Opus 5.5. */
const USAGE = { input_tokens: 1000, output_tokens: 900, cache_read_input_tokens: 8000 }

describe.skipIf(screenUnavailable)(`statusline${screenUnavailable ? `: ${screenUnavailable}` : ''}`, () => {
  test('Claude Code shows it, from the first answer on and when the session is resumed', async () => {
    const home = openClaudeHome()
    const given = join(home.directory, 'given.json')
    const command = `tee ${given} | ${STATUSLINE}`
    writeSettings(home, 'user', { model: 'claude-opus-5-5', statusLine: { type: 'command', command } })
    const { screen } = await openSessionIn(home, pricedAnswer(USAGE))
    await screen.waitFor(/claude-gw: no requests yet/)
    await say(screen, 'hello there')
    await screen.waitFor(/\$0\.02 · 9\.0k in · 89 % cached · 900 out/)
    await say(screen, 'and again')
    await screen.waitFor(/\$0\.05 · 18k in · 89 % cached · 1\.8k out/)

    const input = JSON.parse(readFileSync(given, 'utf8'))
    expect(input).toMatchObject({
      session_id: recordsOf(home)[0]?.session_id,
      transcript_path: expect.stringContaining(home.claudeDirectory),
      cost: { total_duration_ms: expect.any(Number) },
    })
    const ours = recordsOf(home).reduce((sum, { cost_usd }) => sum + (cost_usd ?? Number.NaN), 0)
    expect(ours).toBeCloseTo(input.cost.total_cost_usd, 9)

    await say(screen, '/exit')
    await screen.waitFor(/2 requests; 18k tokens in, 89 % cached, 1\.8k out; \$0\.05/)
    writeSettings(home, 'user', {
      model: 'claude-opus-5-5',
      statusLine: { type: 'command', command: STATUSLINE },
    })
    screen.type(`clear; ${process.execPath} ${PROGRAM} run --continue\n`)
    await screen.waitFor(READY)
    await screen.waitFor(/\$0\.05 · 18k in/)
    await say(screen, 'once more')
    await screen.waitFor(/\$0\.07 · 27k in · 89 % cached · 2\.7k out/)
  })
})
