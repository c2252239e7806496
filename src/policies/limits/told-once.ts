import { reasonOf } from '../../base/errors.ts'

/** Does what may fail without harm to a request: the first failure is told, and no other. */
export function toldOnce(onTrouble: (reason: string) => void, meaning: string): (action: () => void) => void {
  let isTold = false
  return (action) => {
    try {
      action()
    } catch (error) {
      if (!isTold) onTrouble(`${meaning}: ${reasonOf(error)}`)
      isTold = true
    }
  }
}
