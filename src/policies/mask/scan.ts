import type { Span } from '../../json/scanner.ts'
import { skipValue } from '../../json/scanner.ts'
import { stringText } from '../../json/string-text.ts'
import type { Detector } from '../detect/detector.ts'
import type { Finding } from '../detect/find.ts'
import { isSamePart, readParts } from '../request-parts.ts'
import type { TextReader } from './message-texts.ts'
import { readMessage, readSystem } from './message-texts.ts'

/** A value that was found in a text. */
export interface Sighting extends Span {
  readonly detector: Detector
  readonly value: string
}

/** A string that was looked at. */
interface ScannedText extends Span {
  readonly sightings: readonly Sighting[]
}

/** A message, or another member of the body; the spans in it are relative to its start. */
interface Part extends Span {
  readonly texts: readonly ScannedText[]
  readonly sightings: readonly Sighting[]
}

/** What was found in a body, and enough of it to find the same in the next one quickly. */
export interface Scan {
  readonly body: Buffer
  readonly messages: readonly Part[]
  /** By name. */
  readonly members: ReadonlyMap<string, Part>
  /** All of them, in the order of the body. */
  readonly parts: readonly Part[]
  readonly itemCount: number
}

type Finder = (text: string) => readonly Finding[]

interface Previous {
  readonly body: Buffer
  readonly part: Part
}

const NO_SIGHTINGS: readonly Sighting[] = []
const skip: TextReader = (body, start) => skipValue(body, start)

/**
 * Looks through the texts of a request of the Messages API. What stands in the same place of the previous one,
 * byte for byte, is not looked through again; the result is the same with it and without.
 * @param finders whose findings may overlap those of the others
 * @throws SyntaxError for a body that is no JSON object
 */
export function scanRequest(body: Buffer, finders: readonly Finder[], previous?: Scan): Scan {
  const messages: Part[] = []
  const members = new Map<string, Part>()
  const parts: Part[] = []
  const addPart = (start: number, read: TextReader, known: Part | undefined): Part => {
    const part = scanPart(
      body,
      start,
      read,
      finders,
      previous && known && { body: previous.body, part: known },
    )
    parts.push(part)
    return part
  }
  readParts(body, {
    message: (start) => {
      const message = addPart(start, readMessage, previous?.messages[messages.length])
      messages.push(message)
      return message.end
    },
    member: (start, name) => {
      const part = addPart(start, name === 'system' ? readSystem : skip, previous?.members.get(name))
      members.set(name, part)
      return part.end
    },
  })
  return { body, messages, members, parts, itemCount: itemsOf(parts) }
}

function scanPart(
  body: Buffer,
  start: number,
  read: TextReader,
  finders: readonly Finder[],
  previous: Previous | undefined,
): Part {
  if (previous && isSamePart(body, start, previous.body, previous.part)) return moved(previous.part, start)
  const texts: ScannedText[] = []
  const sightings: Sighting[] = []
  const end = read(body, start, (string) => {
    const found = knownSightings(body, string, previous, texts.length) ?? sightingsOf(body, string, finders)
    const place = string.start - start
    texts.push({ start: place, end: string.end - start, sightings: found })
    for (const sighting of found)
      sightings.push({ ...sighting, start: sighting.start + place, end: sighting.end + place })
  })
  return { start, end, texts, sightings: sightings.length === 0 ? NO_SIGHTINGS : sightings }
}

function moved(part: Part, start: number): Part {
  const { texts, sightings } = part
  return part.start === start ? part : { start, end: start + part.end - part.start, texts, sightings }
}

/** A message that changed still has most of its texts: a mark for the cache moves from one to the next. */
function knownSightings(
  body: Buffer,
  string: Span,
  previous: Previous | undefined,
  index: number,
): readonly Sighting[] | undefined {
  const text = previous?.part.texts[index]
  if (!previous || !text || text.end - text.start !== string.end - string.start) return undefined
  const start = previous.part.start + text.start
  const end = previous.part.start + text.end
  const isEqual = body.compare(previous.body, start, end, string.start, string.end) === 0
  return isEqual ? text.sightings : undefined
}

/** Texts and sightings, which stand in two lists. */
function itemsOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { texts, sightings }) => sum + 1 + texts.length + 2 * sightings.length, 0)
}

function sightingsOf(body: Buffer, string: Span, finders: readonly Finder[]): readonly Sighting[] {
  const raw = body.subarray(string.start, string.end)
  const { text, spansOf } = stringText(raw)
  let sightings = NO_SIGHTINGS
  for (const find of finders) {
    const findings = find(text)
    if (findings.length > 0)
      sightings = [...sightings, ...sightingsAt(raw, text, findings, spansOf(findings))]
  }
  return sightings
}

function sightingsAt(
  raw: Buffer,
  text: string,
  findings: readonly Finding[],
  spans: readonly Span[],
): Sighting[] {
  return findings.map((finding, index) => {
    const span = spans[index] ?? finding
    return {
      start: span.start,
      end: span.end,
      detector: finding.detector,
      value: valueAt(raw, span, text, finding),
    }
  })
}

/** A piece of a string would keep all of it in memory, so this is a copy. */
function valueAt(raw: Buffer, span: Span, text: string, { start, end }: Finding): string {
  // Where there are no more bytes than units, each is one character.
  if (span.end - span.start === end - start) return raw.toString('latin1', span.start, span.end)
  return Buffer.from(text.slice(start, end), 'utf16le').toString('utf16le')
}
