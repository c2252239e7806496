type Column =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>

/** The column itself where it has `length` places, else a copy with at least twice as many as before. */
export function grown<T extends Column>(column: T, length: number): T {
  if (length <= column.length) return column
  const Type = column.constructor as new (length: number) => T
  const copy = new Type(Math.max(length, column.length * 2))
  copy.set(column)
  return copy
}

/** The places of a hash table anew, where there are `length` of them, a power of two: 1 + an index each, or 0 for none. */
export function spreadPlaces(hashes: Int32Array, count: number, length: number): Uint32Array<ArrayBuffer> {
  const places = new Uint32Array(length)
  const mask = length - 1
  for (let index = 0; index < count; index++) {
    let place = (hashes[index] as number) & mask
    while (places[place] !== 0) place = (place + 1) & mask
    places[place] = index + 1
  }
  return places
}
