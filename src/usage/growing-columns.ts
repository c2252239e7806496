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
