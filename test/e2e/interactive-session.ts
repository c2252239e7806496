import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inject, onTestFinished } from 'vitest'
import type { Home } from '../support/claude-run.ts'
import { upstreamEnv } from '../support/claude-run.ts'
import type { Fault } from '../support/fault-upstream.ts'
import { openClaudeHome, startMessagesUpstream } from './real-claude.ts'
import { Screen } from './screen.ts'

export const PROGRAM = resolve(import.meta.dirname, '../../bin/claude-gw.js')
export const READY = /^❯/m

/** A session of Claude Code behind the gateway, ready for a prompt. */
export async function openSession(...faults: readonly Fault[]) {
  return openSessionIn(openClaudeHome(), ...faults)
}

/** The same in a home that has settings. */
export async function openSessionIn(home: Home, ...faults: readonly Fault[]) {
  const upstream = await startMessagesUpstream(...faults)
  const env = {
    PATH: process.env['PATH'],
    ...home.env,
    ...upstreamEnv(upstream.url),
    CLAUDE_GW_CLAUDE_COMMAND: inject('claudeCode').path,
  }
  const screen = new Screen(env, home.project)
  onTestFinished(() => screen.close())
  screen.type(`${process.execPath} ${PROGRAM} run\n`)
  await screen.waitFor(READY)
  return { home, upstream, screen }
}

/** Types a prompt; a return that comes in one go with it would be part of a pasted text. */
export async function say(screen: Screen, prompt: string): Promise<void> {
  screen.type(prompt)
  await screen.waitFor(new RegExp(`❯\\s${prompt}`))
  await delay(200)
  screen.press('Enter')
}
