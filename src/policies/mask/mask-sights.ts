import { costOf } from '../cost-of.ts'
import type { Detector } from '../detect/detector.ts'
import { createFinder } from '../detect/find.ts'
import type { RuleSight } from '../policy.ts'
import type { MaskedRequest, MaskRule } from './masking.ts'
import { scanRequest } from './scan.ts'

/** What each rule of a masking sees in a body that it looked through. */
export function maskSights(
  body: Buffer,
  rules: readonly MaskRule[],
  { scan, edits }: MaskedRequest,
): RuleSight[] {
  const bytesAt = new Map(edits.map(({ start, bytes }) => [start, bytes]))
  const found = scan.parts.flatMap((part) =>
    part.sightings.map(({ start, end, detector }) => ({
      start: part.start + start,
      end: part.start + end,
      detector,
    })),
  )
  const readingMs = costOf(() => scanRequest(body, []))
  return rules.map(({ detector, action }) => ({
    rule: `mask.${detector.name}`,
    action: action === 'irreversible' ? 'mask' : action,
    spans: found
      .filter((sighting) => sighting.detector === detector)
      .map(({ start, end }) => ({ start, end, ...replaced(bytesAt.get(start)) })),
    costMs: Math.max(0, costOf(() => scanAlone(body, detector)) - readingMs),
  }))
}

/** A search that was not given up the first time may be so the next. */
function scanAlone(body: Buffer, detector: Detector): void {
  try {
    scanRequest(body, [createFinder([detector])])
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
}

function replaced(bytes: Uint8Array | undefined) {
  return bytes && { bytes }
}
