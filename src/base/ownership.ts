import { userInfo } from 'node:os'

/**
 * Whether a file is this user's or root's. A user without a name, as in some containers, is not root and cannot open
 * what another keeps for himself.
 * @param uid owner of the file
 */
export function isOwn(uid: number): boolean {
  if (uid === 0) return true
  try {
    return uid === userInfo().uid
  } catch {
    return true
  }
}
