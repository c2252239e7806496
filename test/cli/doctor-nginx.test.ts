import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { examined } from '../support/examined.ts'
import { startModelApi } from '../support/model-api.ts'
import type { Directives } from '../support/nginx.ts'
import { nginxUnavailable, startNginx } from '../support/nginx.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import type { VerdictRow } from '../support/verdict-table.ts'
import { verdictTable } from '../support/verdict-table.ts'

const because = nginxUnavailable ? `: ${nginxUnavailable}` : ''
const COMPRESSED = { gzip: 'on', gzip_types: 'application/json text/event-stream', gzip_proxied: 'any' }

interface Misconfiguration {
  readonly name: string
  readonly directives: Directives
  readonly options?: readonly string[]
  readonly finds: readonly [id: string, verdict: 'warn' | 'fail']
  readonly evidence: RegExp
  readonly remedy: RegExp
}

const MISCONFIGURATIONS: readonly Misconfiguration[] = [
  {
    name: 'buffers answers, which is its default',
    directives: { proxy_buffering: undefined, proxy_http_version: '1.0' },
    options: ['--live'],
    finds: ['streaming', 'fail'],
    evidence: /it came in \d+ lumps of about \d+ events within \d+\.\d s/,
    remedy: /^`proxy_buffering off;` in the configuration of nginx/,
  },
  {
    name: 'buffers and compresses answers',
    directives: { ...COMPRESSED, proxy_buffering: undefined },
    options: ['--live'],
    finds: ['streaming', 'fail'],
    evidence: /all of it came at once, after \d+ ms/,
    remedy: /compression of `text\/event-stream`.*`proxy_buffering off;`/,
  },
  {
    name: 'takes bodies of 1 MB, which is its default',
    directives: { client_max_body_size: undefined },
    finds: ['size', 'fail'],
    evidence: /^1 MB are refused \(HTTP 413: a page of HTML\), 512 KB arrive$/,
    remedy: /^`client_max_body_size 32m;` in the configuration of nginx$/,
  },
  {
    name: 'takes headers of the API away',
    directives: { 'proxy_set_header anthropic-beta': '""' },
    finds: ['betas', 'fail'],
    evidence: /`context_management` arrives without its header/,
    remedy: /pass `anthropic-beta` on/,
  },
  {
    name: 'gives an answer 2 s to begin',
    directives: { proxy_read_timeout: '2s' },
    options: ['--slow'],
    finds: ['idle', 'fail'],
    evidence: /given up after \d+ s \(HTTP 504: a page of HTML\); Claude Code waits 600 s/,
    remedy: /^`proxy_read_timeout 600s;` in the configuration of nginx$/,
  },
  {
    name: 'puts a path before that of the request',
    directives: { rewrite: '^ /anthropic$uri break' },
    finds: ['errors', 'fail'],
    evidence: /`POST \/v1\/messages` is not there \(HTTP 404: Not Found\)/,
    remedy: /correct the path of `upstream`/,
  },
  {
    name: 'sends everyone to https',
    directives: { return: '301 https://gateway.example$request_uri' },
    finds: ['redirect', 'fail'],
    evidence: /HTTP 301 to https:\/\/gateway\.example$/,
    remedy: /claude-gw config set upstream https:\/\/gateway\.example$/,
  },
]

describe.skipIf(nginxUnavailable)(`an nginx${because}`, () => {
  const rows: VerdictRow[] = []

  test.each([
    ['as it has to be set up', {}],
    ['that compresses and does not buffer', COMPRESSED],
    ['that buffers what comes in chunks, which it hands on at once', { proxy_buffering: undefined }],
  ])('%s is healthy', async (_name, directives) => {
    const upstream = await startNginx(await startModelApi({ tokenMs: 0.5 }), directives)
    const { exitCode, found, checks } = await examined(upstream, ['--slow'])
    expect({ exitCode, found }).toEqual({ exitCode: 0, found: [] })
    expect(checks.find(({ id }) => id === 'idle')?.evidence).toMatch(/whole after \d+ s/)
  })

  test.each(MISCONFIGURATIONS.map((one) => [one.name, one] as const))('that %s', async (_name, one) => {
    const [id, verdict] = one.finds
    const upstream = await startNginx(await startModelApi({ tokenMs: 1 }), one.directives)
    const { exitCode, found } = await examined(upstream, one.options)
    expect(found).toMatchObject([{ id, verdict }])
    rows.push([one.name, found[0]])
    expect(found[0]?.evidence).toMatch(one.evidence)
    expect(found[0]?.remedy).toMatch(one.remedy)
    expect(exitCode).toBe(verdict === 'fail' ? 1 : 0)
  })

  test('that has lost the folder for large bodies', async () => {
    const folder = join(temporaryDirectory(), 'bodies')
    const upstream = await startNginx(await startModelApi(), { client_body_temp_path: folder })
    rmSync(folder, { recursive: true })
    const { found } = await examined(upstream)
    expect(found).toMatchObject([{ id: 'size', verdict: 'fail' }])
    expect(found[0]?.remedy).toContain('`client_body_temp_path`')
    rows.push(['has lost the folder for large bodies', found[0]])
  })

  test('has a line in the table for each of them', async ({ skip }) => {
    if (rows.length <= MISCONFIGURATIONS.length) skip('not all of them were looked at')
    await expect(verdictTable('A real nginx', rows)).toMatchFileSnapshot('doctor-nginx.md')
  })
})
