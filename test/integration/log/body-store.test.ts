import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { BodyReference } from '../../../src/exchange/exchange.ts'
import { readBodies, readBody } from '../../../src/log/body-reader.ts'
import { BodyStore } from '../../../src/log/body-store.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const SESSION = '3f2a9c1e-5b7d-4c2a-9e11-0a1b2c3d4e5f'
const DAY = 86_400_000
const canMount = process.platform === 'linux' && spawnSync('unshare', ['--mount', 'true']).status === 0

interface Opened {
  readonly directory: string
  readonly store: BodyStore
  readonly troubles: string[]
  readonly keep: (session: string | undefined, bytes: Buffer) => BodyReference
  readonly restore: (reference: BodyReference) => Promise<Buffer | string>
}

function open(options: Partial<ConstructorParameters<typeof BodyStore>[0]> = {}): Opened {
  const directory = join(temporaryDirectory(), 'bodies')
  const troubles: string[] = []
  const store = new BodyStore({
    directory,
    runId: 'run',
    onTrouble: (reason) => troubles.push(reason),
    ...options,
  })
  const keep = (session: string | undefined, bytes: Buffer) => {
    const kept = store.store(session, bytes)
    if ('reason' in kept) throw new Error(kept.reason)
    return kept.reference
  }
  const restore = async (reference: BodyReference) => {
    const found = await readBody(options.directory ?? directory, reference)
    return 'bytes' in found ? found.bytes : found.reason
  }
  return { directory, store, troubles, keep, restore }
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.br'))
}

test('bodies are restored byte for byte, in any order, from one file for each session', async () => {
  const { directory, store, keep, restore } = open()
  const bodies = [
    Buffer.from('{}'),
    randomBytes(300_000),
    Buffer.from('é'.repeat(9)),
    Buffer.alloc(2_000_000),
  ]
  const kept = bodies.flatMap((bytes) =>
    [SESSION, undefined].map((session) => ({ bytes, reference: keep(session, bytes) })),
  )
  await store.close()
  for (const { bytes, reference } of kept.toReversed()) {
    expect(((await restore(reference)) as Buffer).equals(bytes)).toBe(true)
  }
  expect(filesIn(directory)).toHaveLength(2)
})

test('any bodies are restored, whatever they are and however they are spread over sessions', async () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 3000 }).map((array) => Buffer.from(array))
  const session = fc.constantFrom(SESSION, 'other', undefined)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(session, bytes), { maxLength: 12 }), async (items) => {
      const { store, keep, restore } = open()
      const references = items.map((item) => keep(...item))
      await store.close()
      for (const [index, reference] of references.entries())
        expect(await restore(reference)).toEqual(items[index]?.[1])
    }),
    { numRuns: 30 },
  )
})

test('files and folders are for their owner alone, and the name of a session cannot lead elsewhere', async () => {
  const { directory, store, keep, restore } = open({ now: () => Date.parse('2026-11-20T23:00:00Z') })
  const hostile = [SESSION.toUpperCase(), '../../../x', 'a/b', '\0', 'C:\\x', '-'.repeat(5000)]
  const references = hostile.map((session) => keep(session, Buffer.from(session)))
  await store.close()
  expect(readdirSync(directory)).toEqual(['2026-11-20'])
  for (const name of ['', '2026-11-20']) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o700)
  for (const name of filesIn(directory)) {
    expect(name).toMatch(/^2026-11-20\/[\w-]+\.br$/)
    expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600)
  }
  expect(references[0]?.file).toContain(SESSION)
  for (const [index, reference] of references.entries())
    expect(String(await restore(reference))).toBe(hostile[index])
})

test('the same conversation sent again and again takes hardly any space', async () => {
  const { directory, store, keep, restore } = open()
  let conversation = ''
  let plain = 0
  const references: BodyReference[] = []
  for (let turn = 0; turn < 30; turn += 1) {
    conversation += randomBytes(3000).toString('hex')
    plain += conversation.length
    references.push(keep(SESSION, Buffer.from(conversation)))
  }
  await store.close()
  const [name = ''] = filesIn(directory)
  expect(plain / statSync(join(directory, name)).size).toBeGreaterThan(20)
  expect(String(await restore(references[14] as BodyReference))).toBe(conversation.slice(0, 15 * 6000))
})

test('of a file that was cut, each body is there whole or not at all', async () => {
  const { directory, store, keep, restore } = open()
  const bodies = Array.from({ length: 20 }, () => randomBytes(5000))
  const references = bodies.map((bytes) => keep(SESSION, bytes))
  await store.close()
  const path = join(directory, references[0]?.file ?? '')
  for (const size of [90_001, 52_500, 5003, 17, 0]) {
    truncateSync(path, size)
    const results = await Promise.all(references.map(restore))
    const whole = results.findIndex((result) => typeof result === 'string')
    expect(results.slice(0, whole)).toEqual(bodies.slice(0, whole))
    expect(new Set(results.slice(whole))).toEqual(
      new Set([
        'it was not stored: the process ended or the disk was full before, or it is just being written',
      ]),
    )
    expect(whole).toBeLessThanOrEqual(size / 5000)
    expect(whole).toBeGreaterThan(size / 5000 - 2)
  }
})

test('a file that is gone or damaged, or a record that names none of ours, says so', async () => {
  const { directory, store, keep, restore } = open()
  const reference = keep(SESSION, randomBytes(5000))
  await store.close()
  writeFileSync(
    join(directory, reference.file),
    readFileSync(join(directory, reference.file)).fill(255, 10, 90),
  )
  expect(await restore(reference)).toBe('its file is damaged')
  expect(await restore({ ...reference, file: '2026-01-01/none_run_1.br' })).toMatch(/its file is gone/)
  for (const file of ['../../secret', '/etc/passwd', '2026-01-01/../../x.br', 7 as unknown as string])
    expect(await restore({ ...reference, file })).toMatch(/not stored/)
  expect(await restore({ ...reference, offset: -1 })).toMatch(/does not say where/)
})

test('a new day begins a new file, as does a stream that has become long', async () => {
  let nowMs = Date.parse('2026-11-20T23:59:59Z')
  const { store, keep, restore } = open({ now: () => nowMs, budgetBytes: 1e9 })
  const long = Buffer.alloc(170 * 1024 ** 2, 'x')
  const first = keep(SESSION, long)
  const second = keep(SESSION, Buffer.from('second'))
  nowMs += DAY
  const third = keep(SESSION, Buffer.from('third'))
  await store.close()
  expect(new Set([first.file, second.file, third.file]).size).toBe(3)
  expect(third.file).toMatch(/^2026-11-21\//)
  expect(String(await restore(third))).toBe('third')
  expect(String(await restore(second))).toBe('second')
})

test('more sessions than there may be streams share them', async () => {
  let nowMs = Date.now()
  const { directory, store, keep, restore } = open({ now: () => nowMs })
  const sessions = Array.from({ length: 20 }, (_, index) => `session ${index}`)
  const references = [...sessions, ...sessions].map((session) => keep(session, Buffer.from(session)))
  expect(new Set(references.map(({ file }) => file)).size).toBe(4)
  nowMs += 3_600_000
  const later = keep('a session an hour later', Buffer.from('later'))
  expect(references.map(({ file }) => file)).not.toContain(later.file)
  await store.close()
  expect(filesIn(directory)).toHaveLength(5)
  for (const [index, reference] of references.entries())
    expect(String(await restore(reference))).toBe(sessions[index % 20])
})

test('what waits to be written has a limit, and comes free', async () => {
  const { store, keep } = open({ budgetBytes: 1000 })
  keep(SESSION, randomBytes(900))
  expect(store.store(SESSION, randomBytes(900))).toEqual({ reason: 'too much waits to be written' })
  await expect.poll(() => 'reference' in store.store(SESSION, randomBytes(900))).toBe(true)
  await store.close()
})

test('a place that cannot be written costs bodies, tells once, and is tried again', async () => {
  const state = temporaryDirectory()
  const place = join(state, 'bodies')
  writeFileSync(place, 'in the way')
  let nowMs = Date.now()
  const { store, troubles, keep, restore } = open({ directory: place, now: () => nowMs })
  expect(store.store(SESSION, Buffer.from('x'))).toEqual({ reason: 'bodies cannot be written' })
  expect(store.store(SESSION, Buffer.from('x'))).toEqual({ reason: 'bodies cannot be written' })
  expect(troubles).toEqual([expect.stringContaining(`cannot keep bodies in ${place}: `)])
  rmSync(place)
  nowMs += 10_000
  const reference = keep(SESSION, Buffer.from('again'))
  await store.close()
  expect(String(await restore(reference))).toBe('again')
})

test('ids of sessions that never end are not remembered for ever', async () => {
  const { directory, store, keep } = open()
  for (let index = 0; index < 3000; index += 1) keep(`session ${index}`, Buffer.from('x'))
  await store.close()
  expect(filesIn(directory).length).toBeLessThanOrEqual(4)
})

test.skipIf(!canMount)('a full disk costs bodies, and nothing more once there is room again', async () => {
  const disk = temporaryDirectory()
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk])
  onTestFinished(() => void execFileSync('umount', ['--lazy', disk]))
  let nowMs = Date.now()
  const ballast = join(disk, 'ballast')
  writeFileSync(ballast, Buffer.alloc(100 * 1024))
  const place = { directory: join(disk, 'bodies'), now: () => nowMs }
  const { store, troubles, keep, restore } = open(place)
  const bodies = Array.from({ length: 10 }, () => randomBytes(30_000))
  const references = bodies.map((bytes) => keep(SESSION, bytes))
  await expect.poll(() => troubles).toEqual([expect.stringContaining('ENOSPC')])
  expect(store.store(SESSION, Buffer.from('x'))).toEqual({ reason: 'bodies cannot be written' })
  rmSync(ballast)
  nowMs += 10_000
  const later = keep(SESSION, Buffer.from('later'))
  await store.close()
  expect(String(await restore(later))).toBe('later')
  const results = await Promise.all(references.map(restore))
  const whole = results.findIndex((result) => typeof result === 'string')
  expect(results.slice(0, whole)).toEqual(bodies.slice(0, whole))
  expect(results.slice(whole).every((result) => String(result).startsWith('it was not stored'))).toBe(true)
})

test('all bodies of a file come with one pass', async () => {
  const { directory, store, keep } = open()
  const bodies = Array.from({ length: 50 }, (_, index) => randomBytes(1000 + index))
  const references = bodies.map((bytes) => keep(SESSION, bytes))
  await store.close()
  const found: Buffer[] = []
  const file = references[0]?.file ?? ''
  for await (const body of readBodies(directory, file, references.toReversed()))
    if ('bytes' in body.found) found.push(body.found.bytes)
  expect(found).toEqual(bodies)
})
