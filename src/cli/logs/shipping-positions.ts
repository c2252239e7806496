import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { ensurePrivateDirectory, readPrivateFile, replacePrivateFile } from '../../base/private-file.ts'
import { isJsonObject } from '../../json/object.ts'
import type { Position } from '../../log/follow.ts'

/** How far each day file was shipped, kept in a file. */
export interface ShippingPositions {
  readonly positions: Map<string, Position>
  /** Keeps how far they are now. */
  save(): void
}

/** What is shipped: what filters let pass, to a collector. */
export interface Shipment {
  readonly collector: string
  readonly filters: object
}

/** The file of a shipment. @param directory of all of them */
export function shipmentPath(directory: string, shipment: Shipment): string {
  const name = createHash('sha256')
    .update(JSON.stringify([shipment.collector, shipment.filters]))
    .digest('hex')
  return join(directory, `${name.slice(0, 16)}.json`)
}

export function openShippingPositions(path: string, shipment: Shipment): ShippingPositions {
  const positions = readPositions(path)
  return {
    positions,
    save: () => {
      ensurePrivateDirectory(dirname(path))
      replacePrivateFile(path, `${JSON.stringify({ ...shipment, files: Object.fromEntries(positions) })}\n`)
    },
  }
}

function readPositions(path: string): Map<string, Position> {
  const json = parsed(readPrivateFile(path) ?? '')
  const files = isJsonObject(json) && isJsonObject(json['files']) ? json['files'] : {}
  return new Map(
    Object.entries(files).filter((entry): entry is [string, Position & object] => isPosition(entry[1])),
  )
}

function isPosition(value: unknown): value is Position & object {
  return isJsonObject(value) && typeof value['inode'] === 'number' && typeof value['offset'] === 'number'
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
