import type { Edit } from '../../json/splice.ts'
import type { Detector } from '../detect/detector.ts'
import { createFinder } from '../detect/find.ts'
import { ScanMemory } from '../scan-memory.ts'
import type { Digest, Placeholders } from './placeholder.ts'
import { createPlaceholderMaker, keyedDigest } from './placeholder.ts'
import type { Scan } from './scan.ts'
import { scanRequest } from './scan.ts'

/**
 * What is done with a value: `mask` puts a placeholder there that answers are restored from, `irreversible` one that
 * says its kind only; `flag` and `deny` leave it to be counted.
 */
export type MaskAction = 'flag' | 'mask' | 'irreversible' | 'deny'

export interface MaskRule {
  readonly detector: Detector
  readonly action: MaskAction
}

/** How often a rule found something. */
export interface MaskCount {
  readonly rule: string
  readonly action: MaskAction
  readonly count: number
}

export interface MaskedRequest {
  /** In the order of the rules, without those that found nothing. */
  readonly counts: readonly MaskCount[]
  /** For `splice`. */
  readonly edits: readonly Edit[]
  /** By placeholder, what the answer to this request is restored from. */
  readonly values: ReadonlyMap<string, string>
  /** Where the values stand. */
  readonly scan: Scan
}

export interface MaskingOptions {
  /** The key of this machine. */
  readonly key: Buffer
  /** Of this masking alone: what is remembered are findings of its rules. The bodies in it must not change. */
  readonly memory?: ScanMemory<Scan>
  /** In the place of an HMAC with the key. */
  readonly digest?: Digest
}

/** Looks through a request of the Messages API. @param owner its session and agent, for the memory */
export type Masking = (body: Buffer, owner: string) => MaskedRequest

/**
 * Masks what the rules find in the bodies of requests: the same body gives the same edits in every process with the
 * same key, and a message of a conversation the same as before.
 * @returns a function that throws SyntaxError for a body that is no JSON object
 */
export function createMasking(rules: readonly MaskRule[], options: MaskingOptions): Masking {
  const { key, memory = new ScanMemory<Scan>(), digest = keyedDigest(key) } = options
  const newPlaceholders = createPlaceholderMaker(digest)
  // What is only counted must not hide a value that is to be masked.
  const finders = [true, false]
    .map((isReplacing) => rules.filter(({ action }) => isReplacement(action) === isReplacing))
    .filter((group) => group.length > 0)
    .map((group) => createFinder(group.map(({ detector }) => detector)))
  const actions = new Map(rules.map(({ detector, action }) => [detector, action]))
  return (body, owner) => {
    const scan = scanRequest(body, finders, memory.recall(owner, body))
    memory.keep(owner, scan)
    return maskScan(scan, rules, actions, newPlaceholders())
  }
}

function isReplacement(action: MaskAction): boolean {
  return action === 'mask' || action === 'irreversible'
}

function maskScan(
  scan: Scan,
  rules: readonly MaskRule[],
  actions: ReadonlyMap<Detector, MaskAction>,
  placeholders: Placeholders,
): MaskedRequest {
  const counts = new Map<Detector, number>()
  const edits: Edit[] = []
  settleOrder(scan, actions, placeholders)
  for (const part of scan.parts) {
    for (const { start, end, detector, value } of part.sightings) {
      counts.set(detector, (counts.get(detector) ?? 0) + 1)
      const bytes = replacement(actions.get(detector), detector, value, placeholders)
      if (bytes) edits.push({ start: part.start + start, end: part.start + end, bytes })
    }
  }
  return { counts: countsOf(rules, counts), edits, values: placeholders.values, scan }
}

/** Messages are added at the end of a conversation, but `system` stands behind them: it comes first here. */
function settleOrder(
  { members }: Scan,
  actions: ReadonlyMap<Detector, MaskAction>,
  placeholders: Placeholders,
): void {
  for (const { sightings } of members.values()) {
    for (const { detector, value } of sightings) {
      if (actions.get(detector) === 'mask') placeholders.of(detector.noun, value)
    }
  }
}

function replacement(
  action: MaskAction | undefined,
  { noun }: Detector,
  value: string,
  placeholders: Placeholders,
): Buffer | undefined {
  if (action === 'mask') return placeholders.of(noun, value).bytes
  return action === 'irreversible' ? Buffer.from(`[${noun}]`) : undefined
}

function countsOf(rules: readonly MaskRule[], counts: ReadonlyMap<Detector, number>): MaskCount[] {
  return rules.flatMap(({ detector, action }) => {
    const count = counts.get(detector) ?? 0
    return count === 0 ? [] : [{ rule: detector.name, action, count }]
  })
}
