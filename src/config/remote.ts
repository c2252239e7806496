import { posix } from 'node:path'

/** git's short form `[user@]host:path` (git-clone(1), "GIT URLS"); a single letter would be a drive of Windows. */
const SHORT = /^(?:[^/]*@)?(\[[^\]/]+\]|[^/:@[\]]{2,}):(?!\/\/)(.+)$/

/**
 * What the URL of a remote repository names, as `host/owner/name`: without scheme, port, user and password, and without a
 * final `.git`. Of a folder on this machine only its own name, because its path is nobody else's business. Undefined
 * where nothing can be told.
 */
export function remoteName(url: string): string | undefined {
  const address = url.trim().replace(/^\w+::/, '')
  const parsed = /^[\w+.-]+:\/\//.test(address) ? parseUrl(address) : parseShort(address)
  if (!parsed) return undefined
  const segments = parsed.path.split('/').filter(Boolean)
  const path = segments.join('/').replace(/\.git$/, '')
  const name = parsed.host ? `${parsed.host.toLowerCase()}/${path}` : posix.basename(path)
  return path === '' ? undefined : name
}

interface Address {
  /** Empty on this machine. */
  readonly host: string
  readonly path: string
}

function parseUrl(address: string): Address | undefined {
  if (!URL.canParse(address)) return undefined
  const { protocol, hostname, pathname } = new URL(address)
  return { host: protocol === 'file:' ? '' : hostname, path: decoded(pathname) }
}

/** As people write it; what is no UTF-8, or could act on a terminal, stays as it is. */
function decoded(path: string): string {
  return path.replace(/(?:%[\da-f]{2})+/gi, (run) => {
    try {
      const text = decodeURIComponent(run)
      return /\p{C}/u.test(text) ? run : text
    } catch {
      return run
    }
  })
}

function parseShort(address: string): Address {
  const [, host, path] = SHORT.exec(address) ?? []
  return host && path ? { host, path } : { host: '', path: address.replaceAll('\\', '/') }
}
