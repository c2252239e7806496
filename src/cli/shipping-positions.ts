import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { ensurePrivateDirectory, readPrivateFile, replacePrivateFile } from '../base/private-file.ts'
import { isJsonObject } from '../json/object.ts'
import type { Position } from '../log/follow.ts'

/** How far each day file was shipped to one collector, kept in a file. */
export interface ShippingPositions {
  readonly positions: Map<string, Position>
  /** Keeps how far they are now. */
  save(): void
}

/** @param directory of all collectors */
export function openShippingPositions(directory: string, collector: string): ShippingPositions {
  const path = join(directory, `${createHash('sha256').update(collector).digest('hex').slice(0, 16)}.json`)
  const positions = readPositions(path)
  return {
    positions,
    save: () => {
      ensurePrivateDirectory(directory)
      replacePrivateFile(path, `${JSON.stringify({ collector, files: Object.fromEntries(positions) })}\n`)
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
