import { isAbsolute } from 'node:path'
import { textKind } from './kind.ts'

const FIXED = 'an absolute path, or one that begins with `~/`'

/** A path that leads to the same file from every folder: else the repository that one stands in could supply it. */
export const filePath = textKind(FIXED, (text) => (text === '' || isFixed(text) ? text : undefined))

/** A program: its path, or the name alone, which is looked for on PATH. */
export const program = textKind(`the name of a program on PATH, ${FIXED}`, (text) =>
  isFixed(text) || !/[\\/]/.test(text) ? text : undefined,
)

function isFixed(path: string): boolean {
  return isAbsolute(path) || /^~[\\/]/.test(path)
}
