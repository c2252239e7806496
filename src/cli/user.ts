import { userInfo } from 'node:os'

/** The login name; undefined where the system has none for this user, as for an arbitrary uid in a container. */
export function userName(env: Readonly<Record<string, string | undefined>>): string | undefined {
  try {
    return userInfo().username
  } catch {
    return env['USER'] || env['LOGNAME'] || undefined
  }
}
