import { isAt } from './grammar.ts'

/** The members that are wanted: `true` for a value, an object for what stands inside of it. */
export interface Wanted {
  readonly [name: string]: true | Wanted
}

/** A wanted member; those inside of it have the slots behind its own, up to `endSlot`. */
export interface PlannedMember {
  readonly name: Buffer
  readonly slot: number
  readonly endSlot: number
  readonly members: PlannedObject | undefined
}

/** The wanted members of an object. */
export interface PlannedObject {
  readonly members: readonly PlannedMember[]
  /** By hash of the name, 1 + the index of a member; the next free place where two have the same. */
  readonly places: Uint8Array
}

export interface FieldPlan {
  readonly root: PlannedObject
  /** By path, such as `usage.input_tokens`. */
  readonly slots: ReadonlyMap<string, number>
}

const PLACES = 256

/** Numbers what is wanted, and makes it quick to look up. */
export function planFields(wanted: Wanted): FieldPlan {
  const slots = new Map<string, number>()
  const root = planObject(wanted, '', slots)
  return { root, slots }
}

/** The member whose name stands there. */
export function findMember(
  { members, places }: PlannedObject,
  bytes: Buffer,
  start: number,
  end: number,
): PlannedMember | undefined {
  if (start === end) return undefined
  let place = placeOf(end - start, bytes[start] as number, bytes[end - 1] as number)
  for (;;) {
    const index = places[place] as number
    if (index === 0) return undefined
    const member = members[index - 1] as PlannedMember
    if (member.name.length === end - start && isAt(member.name, bytes, start)) return member
    place = (place + 1) & (PLACES - 1)
  }
}

function planObject(wanted: Wanted, prefix: string, slots: Map<string, number>): PlannedObject {
  const places = new Uint8Array(PLACES)
  const members = Object.entries(wanted).map(([text, inside], index) => {
    const name = Buffer.from(text)
    const slot = slots.size
    slots.set(prefix + text, slot)
    const inner = inside === true ? undefined : planObject(inside, `${prefix}${text}.`, slots)
    let place = placeOf(name.length, name[0] ?? 0, name.at(-1) ?? 0)
    while (places[place] !== 0) place = (place + 1) & (PLACES - 1)
    places[place] = index + 1
    return { name, slot, endSlot: slots.size, members: inner }
  })
  return { members, places }
}

function placeOf(length: number, first: number, last: number): number {
  return (length * 37 + first * 5 + last) & (PLACES - 1)
}
