import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { answerOf, wireBytes } from '../support/answer.ts'
import { recordsOf, UPSTREAM_SECRET, writeSettings } from '../support/claude-run.ts'
import { answer, stall } from '../support/faults.ts'
import { openSession, say } from './interactive-session.ts'
import { startMessagesUpstream, textAnswer } from './real-claude.ts'
import type { Screen } from './screen.ts'
import { screenUnavailable } from './screen.ts'

/** Answers so soon after one that came through us do not prove anything. */
const WRITE_DELAY_MS = 5000
/** Until Claude Code has seen that a settings file changed. */
const WATCH_DELAY_MS = 2000
const ENDED = /claude-gw: \d+ requests?.* \(claude-gw logs\)\s+\$/

describe.skipIf(screenUnavailable)(`interactive${screenUnavailable ? `: ${screenUnavailable}` : ''}`, () => {
  test('prompt and answer are on the screen, and /exit leaves a line about the run and a terminal in order', async () => {
    const { screen, home } = await openSession()
    await say(screen, 'hello there')
    expect(await screen.waitFor(/Hello from upstream/)).toContain('hello there')
    await say(screen, '/exit')
    await screen.waitFor(ENDED)
    await expectOrder(screen)
    expect(new Set(recordsOf(home).map(({ outcome }) => outcome))).toEqual(new Set(['ok']))
  })

  test('Ctrl-C stops a running answer, which the upstream sees, and the session goes on', async () => {
    const unfinished = textAnswer('A long story.\n\nIt is not told to its end.')
    const middle = wireBytes(answerOf(unfinished)).indexOf('"text":"told')
    const { screen, home, upstream } = await openSession(
      stall(unfinished, middle),
      answer(textAnswer('Again')),
    )
    await say(screen, 'tell me a story')
    await screen.waitFor(/A long story/)
    screen.press('C-c')
    await screen.waitFor(/Interrupted/)
    await upstream.messages()[0]?.left
    await say(screen, 'once more')
    await screen.waitFor(/Again/)
    expect(
      recordsOf(home)
        .slice(-2)
        .map(({ outcome }) => outcome),
    ).toEqual(['client_aborted', 'ok'])
  })

  test('Ctrl-C twice at the prompt ends it', async () => {
    const { screen } = await openSession()
    screen.press('C-c')
    await screen.waitFor(/again to exit/)
    screen.press('C-c')
    await screen.waitFor(ENDED)
    await expectOrder(screen)
  })

  test('Ctrl-Z stops it, and `fg` goes on with it', async () => {
    const { screen } = await openSession()
    await say(screen, 'hello there')
    await screen.waitFor(/Hello from upstream/)
    screen.press('C-z')
    await screen.waitFor(/Stopped/)
    screen.type('fg\n')
    await screen.waitFor(/Hello from upstream/)
    await say(screen, '/exit')
    await screen.waitFor(ENDED)
    await expectOrder(screen)
  })

  test('settings that lead away in the middle of a session are named at its end', async () => {
    const { screen, home, upstream } = await openSession()
    const elsewhere = await startMessagesUpstream(answer(textAnswer('Hello from elsewhere')))
    const path = writeSettings(home, 'project', {})
    await say(screen, 'hello there')
    await screen.waitFor(/Hello from upstream/)
    await delay(WRITE_DELAY_MS)
    writeSettings(home, 'project', { env: { ANTHROPIC_BASE_URL: elsewhere.url } })
    await delay(WATCH_DELAY_MS)
    await say(screen, 'and now')
    await screen.waitFor(/Hello from elsewhere/)
    await say(screen, '/exit')
    const text = await screen.waitFor(/the likely cause is .+/)
    expect(text).toContain(`env.ANTHROPIC_BASE_URL in ${path}`)
    expect(upstream.messages()).toHaveLength(1)
    for (const request of elsewhere.requests) {
      expect(request.values('authorization').join()).not.toContain(UPSTREAM_SECRET)
    }
  })

  test('a killed Claude Code leaves a terminal in order, and 137', async () => {
    const { screen } = await openSession()
    screen.press('C-z')
    await screen.waitFor(/Stopped/)
    screen.type('pkill -KILL -P $(jobs -p); fg; echo code $?\n')
    await screen.waitFor(/code 137/)
    await expectOrder(screen)
  })
})

/** The shell reads whole lines and echoes them, and the screen is not the alternate one. */
async function expectOrder(screen: Screen): Promise<void> {
  screen.type("stty -a | tr ';' '\\n' | grep -E 'icanon|echo '; echo 'in' order\n")
  const text = await screen.waitFor(/^in order/m)
  expect(text).toMatch(/[^-]icanon/)
  expect(text).toMatch(/[^-]echo /)
}
