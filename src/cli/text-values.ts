import type { TextValues } from '../config/text-template.ts'
import { shownName } from '../config/value-error.ts'
import { calendarDate } from './quantity.ts'

const UNKNOWN = 'unknown'

interface Named {
  readonly repository?: string | undefined
  readonly branch?: string | undefined
  readonly user?: string | undefined
}

/** What the variables of a text stand for. A name that a repository gave itself is kept short and in one line. */
export function textValues({ repository, branch, user }: Named, now: Date): TextValues {
  const plain = (name: string | undefined) => (name ? shownName(name) : UNKNOWN)
  return { repository: plain(repository), branch: plain(branch), user: plain(user), date: calendarDate(now) }
}
