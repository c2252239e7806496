import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { inject, onTestFinished } from 'vitest'
import { eventsOf, messageOf } from '../../src/demo/message.ts'
import type { Scene } from '../../src/demo/script.ts'
import type { AnswerParts } from '../support/answer.ts'
import type { Home, RunOptions } from '../support/claude-run.ts'
import { openHome, runIn, UPSTREAM_SECRET, upstreamEnv } from '../support/claude-run.ts'
import type { CliResult } from '../support/cli.ts'
import type { Fault, FaultUpstream } from '../support/fault-upstream.ts'
import { startFaultUpstream } from '../support/fault-upstream.ts'
import { answer } from '../support/faults.ts'
import type { RecordedRequest } from '../support/recorded-request.ts'
import type { ServerIdentity } from '../support/throwaway-ca.ts'

/** Makes Claude Code ask nobody but its API, and give up soon. */
const CALM = {
  CLAUDE_CODE_MAX_RETRIES: '2',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_AUTOUPDATER: '1',
  TERM: 'xterm-256color',
}

export interface MessagesUpstream extends FaultUpstream {
  /** The turns of conversations: not the warm-up, nor the title that some versions ask for beside the first turn. */
  readonly messages: () => RecordedRequest[]
}

/** A home in which Claude Code has been started before. */
export function openClaudeHome(): Home {
  const home = openHome()
  const project = { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true }
  const state = {
    hasCompletedOnboarding: true,
    theme: 'dark',
    projects: { [home.project]: project },
  }
  writeFileSync(join(home.claudeDirectory, '.claude.json'), JSON.stringify(state))
  return { ...home, env: { ...home.env, ...CALM } }
}

/** The turns meet the faults one after another, the last one again and again; any other request is answered. */
export function startMessagesUpstream(...faults: readonly Fault[]): Promise<MessagesUpstream> {
  return startUpstream(faults)
}

/** One that speaks TLS, and answers. */
export function startTlsUpstream(identity: ServerIdentity): Promise<MessagesUpstream> {
  return startUpstream([], identity)
}

async function startUpstream(faults: readonly Fault[], identity?: ServerIdentity): Promise<MessagesUpstream> {
  const script = faults.length === 0 ? [answer(textAnswer('Hello from upstream'))] : faults
  let count = 0
  const upstream = await startFaultUpstream(async (call) => {
    await call.request.arrived
    const fault = isTurn(call.request) ? script[Math.min(count++, script.length - 1)] : answer()
    await fault?.(call)
  }, identity)
  onTestFinished(upstream.close)
  return { ...upstream, messages: () => upstream.requests.filter(isTurn) }
}

function isTurn({ method, target, body }: RecordedRequest): boolean {
  if (method !== 'POST' || !/\/v1\/messages($|\?)/.test(target)) return false
  return JSON.parse(String(body)).tools?.length > 0
}

/** A streamed answer of the API with this text. */
export function textAnswer(said: string, changes: AnswerChanges = {}): AnswerParts {
  return {
    headers: [
      ['content-type', 'text/event-stream; charset=utf-8'],
      ['request-id', 'req_e2e'],
    ],
    framing: 'chunked',
    body: streamOf(said, changes),
  }
}

/** A streamed answer of the API that asks for a tool. @param id of the call; those of one conversation differ */
export function toolAnswer(
  name: string,
  input: object,
  { id = 'tool', ...changes }: AnswerChanges & { readonly id?: string } = {},
): AnswerParts {
  const scene = { kind: 'tool', text: 'I will.', name, input } as const
  return { ...textAnswer(''), body: eventText(scene, changes, id) }
}

/** What a test wants different in it. */
export interface AnswerChanges {
  readonly model?: string
  readonly usage?: object
}

/** The events of such an answer, as they go over the wire. */
export function streamOf(said: string, changes: AnswerChanges = {}): string {
  return eventText({ kind: 'text', text: said }, changes, 'e2e')
}

function eventText(
  scene: Scene,
  { model = 'claude-opus-4-8', usage = {} }: AnswerChanges,
  id: string,
): string {
  const message = messageOf(scene, { model, messages: [] }, 900, id)
  return eventsOf({ ...message, usage: { ...message.usage, ...usage } })
    .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('')
}

/** Claude Code behind the gateway. */
export function runThrough(
  home: Home,
  url: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<CliResult> {
  const env = { ...upstreamEnv(url), CLAUDE_GW_CLAUDE_COMMAND: inject('claudeCode').path, ...options.env }
  return runIn(home, args, { ...options, env })
}

/** Claude Code alone, with the upstream's credential. */
export async function runDirect(
  home: Home,
  url: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<CliResult> {
  const env = {
    PATH: process.env['PATH'],
    ...home.env,
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: UPSTREAM_SECRET,
    ...options.env,
  }
  const child = spawn(inject('claudeCode').path, args, { env, cwd: home.project, stdio: 'pipe' })
  child.stdin.end(options.input ?? '')
  const [stdout, stderr, [exitCode, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { exitCode, signal, stdout, stderr }
}
