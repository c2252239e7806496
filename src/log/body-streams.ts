import { bodyFile, bodyPath, dayOf } from './body-place.ts'
import { BodyStream } from './body-stream.ts'

export interface BodyStreamsOptions {
  readonly directory: string
  readonly runId: string
  readonly onFault: (error: Error) => void
}

/** Each takes up to 25 MB. */
const MAX_OPEN = 4
/** To give the last body of a longer one would take longer than anybody likes to wait: 1 s for 200 MB. */
const MAX_PLAIN_BYTES = 160 * 1024 ** 2
const IDLE_MS = 600_000
const REST_MS = 3_600_000
const SWEEP_MS = 300_000
/** Ids are up to clients, which could make up new ones for ever. */
const MAX_SESSIONS = 256

interface OpenStream {
  readonly stream: BodyStream
  usedAtMs: number
}

/**
 * The open streams of a process: one for each session, as long as these are few. More sessions share streams, which costs
 * little: what a session sent before is found as long as no more than 8 MB of others came in between.
 */
export class BodyStreams {
  readonly #options: BodyStreamsOptions
  /** By session, the one used last at the end. */
  readonly #bySession = new Map<string, OpenStream>()
  readonly #closing = new Set<Promise<void>>()
  #count = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: BodyStreamsOptions) {
    this.#options = options
  }

  /** The stream for a body of that session now. @throws the system error where none can be opened */
  take(session: string | undefined, nowMs: number): BodyStream {
    const day = dayOf(nowMs)
    for (const [key, { stream }] of this.#bySession) if (!isUsable(stream, day)) this.#drop(key)
    const key = session ?? ''
    const known = this.#bySession.get(key) ?? this.#share(nowMs)
    const open = known ?? { stream: this.#open(session, day), usedAtMs: nowMs }
    open.usedAtMs = nowMs
    this.#bySession.delete(key)
    this.#bySession.set(key, open)
    const [first] = this.#bySession.keys()
    if (this.#bySession.size > MAX_SESSIONS && first !== undefined) this.#drop(first)
    return open.stream
  }

  /** Closes what rests, and gives its memory back. */
  sweep(nowMs: number): void {
    for (const [key, { usedAtMs }] of this.#bySession) if (nowMs - usedAtMs >= REST_MS) this.#drop(key)
  }

  /** Settles when all that was taken is in its file, or lost. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    for (const key of [...this.#bySession.keys()]) this.#drop(key)
    await Promise.all(this.#closing)
  }

  /** Undefined where there is room for another one, if need be in place of one that rests. */
  #share(nowMs: number): OpenStream | undefined {
    const open = new Set(this.#bySession.values())
    if (open.size < MAX_OPEN) return undefined
    const [oldest] = [...open].sort((left, right) => left.usedAtMs - right.usedAtMs)
    if (!oldest || nowMs - oldest.usedAtMs < IDLE_MS) return oldest
    for (const [key, { stream }] of this.#bySession) if (stream === oldest.stream) this.#drop(key)
    return undefined
  }

  #open(session: string | undefined, day: string): BodyStream {
    const { directory, runId, onFault } = this.#options
    this.#count += 1
    this.#timer ??= setInterval(() => this.sweep(Date.now()), SWEEP_MS).unref()
    const file = bodyFile(day, session, runId, this.#count)
    const path = bodyPath(directory, file)
    if (path === undefined) throw new Error(`${file} is no name of a file of bodies`)
    return new BodyStream(path, { file, day }, onFault)
  }

  #drop(key: string): void {
    const open = this.#bySession.get(key)
    this.#bySession.delete(key)
    if (!open || [...this.#bySession.values()].includes(open)) return
    const closing = open.stream.close()
    this.#closing.add(closing)
    void closing.finally(() => this.#closing.delete(closing))
  }
}

function isUsable(stream: BodyStream, day: string): boolean {
  return !stream.isBroken && stream.day === day && stream.plainBytes < MAX_PLAIN_BYTES
}
