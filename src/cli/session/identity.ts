import { hostname } from 'node:os'
import { uuidv7 } from '../../exchange/uuid.ts'
import type { Identity } from '../../gateway/record.ts'
import type { Context } from '../context.ts'
import { userName } from '../user.ts'

/** Whose requests a gateway that is opened now has: a new run of this user, on this machine. */
export function openIdentity(context: Context, place: Pick<Identity, 'upstream' | 'tags'>): Identity {
  return {
    runId: uuidv7(),
    profile: context.config().values.profile,
    user: userName(context.env),
    host: hostname(),
    ...place,
  }
}
