import type { Config } from '../../config/config.ts'
import { parseDecorators } from '../../config/decorator-parser.ts'
import { sessionsDirectory } from '../../config/paths.ts'
import { shownName } from '../../config/shown-name.ts'
import type { Tags } from '../../config/tags.ts'
import type { TextValues } from '../../config/text-template.ts'
import type { PolicySettings } from '../../policies/index.ts'
import type { Context } from '../context.ts'
import { calendarDate } from '../text/quantity.ts'
import type { PoliciesInput } from './policies-input.ts'

const UNKNOWN = 'unknown'
const LONGEST_NAME = 256

/** The texts for requests; undefined where there are none. */
export function decoratorSettings(
  context: Context,
  { values }: Config,
  { identity, findTags, isTrial, onTrouble }: PoliciesInput,
): PolicySettings['decorators'] {
  const systemText = values['policies.system.append'] || undefined
  const rules = parseDecorators(values['policies.decorators'])
  if (rules.length === 0 && systemText === undefined) return undefined
  const { profile, user, tags } = identity
  return {
    systemText,
    rules,
    party: { profile, user, project: tags['project'] },
    values: {
      directory: sessionsDirectory(context.stateDirectory()),
      isReadOnly: isTrial === true,
      now: () => textValues(tagsNow(findTags, tags), user),
      onTrouble,
    },
  }
}

/** A folder that can be read no more keeps its last labels. */
function tagsNow(findTags: () => Tags, last: Tags): Tags {
  try {
    return findTags()
  } catch {
    return last
  }
}

/** A name that a repository gave itself stays in one line, and no longer than a tag may be. The day is that of this place. */
function textValues(tags: Tags, user: string | undefined): TextValues {
  const plain = (name: string | undefined) => (name ? shownName(name, LONGEST_NAME) : UNKNOWN)
  return {
    repository: plain(tags['repository']),
    branch: plain(tags['branch']),
    user: plain(user),
    date: calendarDate(new Date()),
  }
}
